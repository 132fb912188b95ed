import { readFileSync } from "node:fs";
import express from "express";
const [, , file] = process.argv;
const { method, path, status, body } = file === void 0 ? { method: "GET", path: "/users/ada/credits", status: 200, body: '{"credit_balance":700}' } : JSON.parse(readFileSync(file, "utf8"));
const app = express();
const content = body.startsWith("{") ? JSON.parse(body) : void 0;
const answer = (_, response) => {
  if (content === void 0) response.status(status).type("text").send(body);
  else response.status(status).json(content);
};
if (method === "GET") app.get(path, answer);
else app[method === "PUT" ? "put" : "post"](path, express.json(), answer);
const server = app.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1", (error) => {
  if (error) throw error;
  const { port } = server.address();
  process.stdout.write(`${JSON.stringify({ msg: "ready", url: `http://127.0.0.1:${port}` })}
`);
});
