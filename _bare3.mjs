import express from 'express'; import http from 'node:http';
const app = express(); app.disable('x-powered-by');
const reply=(res,close)=>{ const b='{"message":"fetch resource successfully","credit_balance":700}'; res.writeHead(200,{'Content-Type':'application/json; charset=utf-8','Content-Length':b.length,'X-Emulator-Request-Id':'default-1'}); res.end(b); };
app.use((req,res)=>{ if(req.method==='GET') return reply(res); const ch=[]; req.on('data',c=>ch.push(c)); req.on('end',()=>{JSON.parse(ch[0]); reply(res)}); });
const app2 = express(); app2.disable('x-powered-by');
import { readBody } from '/work/main/dist/http/body.js';
app2.use((req,res)=>{ (async()=>{ const b=await readBody(req,1e6); JSON.parse(b.bytes); reply(res)})(); });
http.createServer({},app).listen(4701,'127.0.0.1');
http.createServer({requestTimeout:0,headersTimeout:0},app2).listen(4702,'127.0.0.1');
