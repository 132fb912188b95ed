import express from 'express'; import http from 'node:http';
import { compose } from '/work/main/dist/compose.js';
import { toConfig } from '/work/main/dist/config.js';
import { bundled } from '/work/main/dist/providers/index.js';
import { Engine } from '/work/main/dist/core/engine.js';
import { createProviderService } from '/work/main/dist/core/stages.js';
import { Contract } from '/work/main/dist/core/contract.js';
import { readBundled } from '/work/main/dist/core/document.js';
import { readBody } from '/work/main/dist/http/body.js';
const silent={error:console.log,warn(){},info(){},debug(){}};
const { sandboxes, app: full } = await compose(toConfig({}, bundled), silent);
const p=bundled[0].provider;
const contract=await Contract.load(await readBundled(p.document),{check:false});
const service=createProviderService(p,contract,{strict:false,randomSeed:1});
const engine=new Engine(silent); const sandbox=sandboxes.get('default');
const mk=(fn)=>{ const app=express(); app.disable('x-powered-by'); app.use(fn); return app; };
const E=Buffer.alloc(0);
const body=(req,cb)=>{ if(req.method==='GET') return cb({bytes:E}); readBody(req,1e6,cb); };

const fixed='{"message":"fetch resource successfully","credit_balance":700}';
const H={'Content-Type':'application/json; charset=utf-8','Content-Length':fixed.length,'X-Emulator-Request-Id':'default-1'};
const done=(res)=>{res.writeHead(200,H); res.end(fixed);};
const eng=(req,b,method,url,cred='klaim_test_lantern')=>engine.handle({service,sandbox,request:{method,url,headers:req.headers,body:b.bytes},credential:cred});
const V=[
 (req,res)=>body(req,(b)=>{done(res)}),
 (req,res)=>body(req,(b)=>{eng(req,b,'POST',req.url);done(res)}),
 (req,res)=>body(req,(b)=>{eng(req,b,'PUT','/users/ada');done(res)}),
 (req,res)=>body(req,(b)=>{eng(req,b,'PUT',req.url);done(res)}),
 (req,res)=>body(req,(b)=>{for(let i=0;i<2;i++)eng(req,b,'PUT',req.url);done(res)}),
 (req,res)=>body(req,(b)=>{for(let i=0;i<4;i++)eng(req,b,'PUT',req.url);done(res)}),
];
V.forEach((f,i)=>http.createServer({keepAliveTimeout:65000},mk(f)).listen(4730+i));
