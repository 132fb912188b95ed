/** openapi-backend as its documents say, on Express, with Klaim's document and balances in a map. Runs in a process of its own. */
import express from 'express';
import { OpenAPIBackend, type Context } from 'openapi-backend';

const [, , document = '', port = '0'] = process.argv;
const balances = new Map([['ada', 700]]);
const getUser = ({ request }: Context): string =>
  String((request.params as Readonly<Record<string, string>>)['user_id']);

const api = new OpenAPIBackend({ definition: document });
api.register({
  getUserCreditsByGet: (context: Context, _: express.Request, response: express.Response) =>
    response.json({ message: 'fetch resource successfully', credit_balance: balances.get(getUser(context)) }),
  updateUserCredits: (context: Context, _: express.Request, response: express.Response) => {
    const user = getUser(context);
    const { credit_delta: delta } = context.request.requestBody as { readonly credit_delta: number };
    balances.set(user, (balances.get(user) ?? 0) + delta);
    return response.json({ message: 'resource updated successfully', credit_balance: balances.get(user) });
  },
  notFound: (_: Context, __: express.Request, response: express.Response) => response.status(404).json({}),
  validationFail: ({ validation }: Context, _: express.Request, response: express.Response) =>
    response.status(400).json({ errors: validation.errors }),
  unauthorizedHandler: (_: Context, __: express.Request, response: express.Response) => response.status(401).json({}),
});
api.registerSecurityHandler('apiKey', () => true);
await api.init();

const app = express();
app.use(express.json());
app.use((request, response) =>
  api.handleRequest(request as Parameters<typeof api.handleRequest>[0], request, response),
);
app.listen(Number(port), '127.0.0.1');
