import express from 'express';
const users = new Map([['ada',{credit_balance:700}]]);
const app = express();
app.get('/users/:id/credits',(req,res)=>{ const u=users.get(req.params.id); if(!u) return res.status(404).json({message:'x'}); res.json({message:'fetch resource successfully',credit_balance:u.credit_balance}); });
app.put('/users/:id/credits',express.json(),(req,res)=>{ const u=users.get(req.params.id); u.credit_balance+=req.body.credit_delta; res.json({message:'resource updated successfully',credit_balance:u.credit_balance}); });
app.listen(4700,'127.0.0.1');
