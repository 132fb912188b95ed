import express from 'express'; import http from 'node:http';
import { readBody } from '/work/main/dist/http/body.js';
const fixed='{"message":"fetch resource successfully","credit_balance":700}';
const mk=(us)=>{ const app=express(); app.disable('x-powered-by'); app.use((req,res)=>{ readBody(req,1e6,(b)=>{ JSON.parse(b.bytes.toString()); if(us){const t=performance.now()+us/1000; while(performance.now()<t);} res.writeHead(200,{'Content-Type':'application/json; charset=utf-8','Content-Length':fixed.length,'X-Emulator-Request-Id':'default-1'}); res.end(fixed); }); }); return app; };
[0,3,6,12,20].forEach((us,i)=>http.createServer({keepAliveTimeout:65000},mk(us)).listen(4720+i));
