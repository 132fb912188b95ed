import express from 'express'; import http from 'node:http';
import { compose } from '/work/main/dist/compose.js';
import { toConfig } from '/work/main/dist/config.js';
import { bundled } from '/work/main/dist/providers/index.js';
import { Engine } from '/work/main/dist/core/engine.js';
import { createProviderService } from '/work/main/dist/core/stages.js';
import { Contract } from '/work/main/dist/core/contract.js';
import { readBundled } from '/work/main/dist/core/document.js';
import { readBody } from '/work/main/dist/http/body.js';
const E=Buffer.alloc(0); const silent={error:console.log,warn(){},info(){},debug(){}};
const { sandboxes, app: full } = await compose(toConfig({}, bundled), silent);
const p=bundled[0].provider;
const contract=await Contract.load(await readBundled(p.document),{check:false});
const service=createProviderService(p,contract,{strict:false,randomSeed:1});
const engine=new Engine(silent); for(let i=0;i<200000;i++) engine.handle({service,sandbox:sandboxes.get("warm"),request:{method:i%2?"PUT":"GET",url:"/users/ada/credits",headers:{host:"x","content-type":"application/json"},body:i%2?Buffer.from("{\"credit_delta\":1}"):E},credential:"klaim_test_lantern"}); const sandbox=sandboxes.get('default');
const mk=(fn)=>{ const app=express(); app.disable('x-powered-by'); app.use(fn); return app; };

const body=(req,cb)=>{ if(req.method==='GET') return cb({bytes:E}); readBody(req,1e6,cb); };
const fixed='{"message":"fetch resource successfully","credit_balance":700}';
// A: engine, then fixed small headers
const A=mk((req,res)=>body(req,(b)=>{ const a=engine.handle({service,sandbox,request:{method:req.method,url:req.url,headers:req.headers,body:b.bytes},credential:'klaim_test_lantern'}); res.writeHead(200,{'Content-Type':'application/json; charset=utf-8','Content-Length':fixed.length}); res.end(fixed); }));
// B: no engine, same headers
const B=mk((req,res)=>body(req,(b)=>{ res.writeHead(200,{'Content-Type':'application/json; charset=utf-8','Content-Length':fixed.length,'X-Emulator-Request-Id':'default-1'}); res.end(fixed); }));
// C: engine and its answer
const C=mk((req,res)=>body(req,(b)=>{ const a=engine.handle({service,sandbox,request:{method:req.method,url:req.url,headers:req.headers,body:b.bytes},credential:'klaim_test_lantern'}); res.writeHead(a.status,a.headers); res.end(a.body); }));
http.createServer({keepAliveTimeout:65000},A).listen(4711); http.createServer({keepAliveTimeout:65000},B).listen(4712); http.createServer({keepAliveTimeout:65000},C).listen(4713);
http.createServer({keepAliveTimeout:65000},full).listen(4714);
