import express from 'express';
const users = new Map([['ada',{credit_balance:700}]]);
const app = express();
app.get('/users/:id/credits',(req,res)=>{ const u=users.get(req.params.id); res.json({message:'fetch resource successfully',credit_balance:u.credit_balance}); });
app.listen(4622,'127.0.0.1');
