import { toBundledUrl } from '../../core/values/bundled-file.ts';
import { defineProvider, type Provider } from '../../core/provider/provider.ts';
import { authenticate, findFault, findName, findSubject, findToken, identify } from './auth.ts';
import { createGame, createStoreItem, disableGame, priceStoreItem, setGameVariable } from './controls.ts';
import { FAILURES, renderFailure } from './errors.ts';
import { fixture } from './fixture.ts';
import * as friendships from './friendships/operations.ts';
import * as groupAttributes from './groups/attributes.ts';
import * as connections from './groups/connections.ts';
import * as groups from './groups/operations.ts';
import { createServiceKey, deleteServiceKey, switchRoute } from './keys/controls.ts';
import * as testSuite from './keys/test-suite.ts';
import * as chats from './chats/operations.ts';
import { ofPlayers, type GameFuse } from './operation.ts';
import * as rounds from './rounds/operations.ts';
import { showUser, signIn, signUp } from './operations/accounts.ts';
import * as attributes from './operations/attributes.ts';
import * as credits from './operations/credits.ts';
import * as games from './operations/games.ts';
import * as leaderboards from './operations/leaderboards.ts';
import * as score from './operations/score.ts';
import * as store from './operations/store.ts';
import { options } from './options.ts';
import { body, cors, paths } from './policies.ts';
import { collections } from './state.ts';
import { admit } from './users.ts';
import { basePaths } from './versions.ts';

/** Operations without a player. */
const open = { ...games, ...testSuite, signUp, signIn };

export const gamefuse: Provider = defineProvider<GameFuse>({
  id: 'gamefuse',
  title: 'GameFuse',
  hosts: ['gamefuse.co', 'worker2.gamefuse.co'],
  basePaths,
  document: toBundledUrl('specs/gamefuse.yaml'),
  seed: toBundledUrl('fixtures/gamefuse.yaml'),
  options,
  // The game with the lowest id.
  env({ games }, url) {
    const game = games.first('id', []);
    return {
      GAMEFUSE_BASE_URL: `${url}/api/v2`,
      ...(game && { GAMEFUSE_GAME_ID: String(game.id), GAMEFUSE_GAME_TOKEN: game.token }),
    };
  },
  // ASSUMED: the token is checked before the parameters. They are parsed first, because it can be one of them.
  stages: ['parse', 'authenticate', 'validate'],
  parameters: 'merged',
  body,
  paths,
  cors,
  headers: {},
  credential: findToken,
  authenticate: (credentials, { state }) => authenticate(credentials, state),
  admit,
  subject: findSubject,
  faultOf: findFault,
  nameOf: findName,
  identify,
  codes: FAILURES,
  secrets: [
    'authentication_token',
    'authentication-token',
    'game_token',
    'token',
    'password',
    'password_confirmation',
    'service-key-token',
  ],
  collections,
  controls: {
    createGame,
    createStoreItem,
    priceStoreItem,
    setGameVariable,
    disableGame,
    createServiceKey,
    deleteServiceKey,
    switchRoute,
  },
  fixture,
  operations: {
    ...open,
    ...ofPlayers({
      showUser,
      ...credits,
      ...score,
      ...store,
      ...attributes,
      ...leaderboards,
      ...friendships,
      ...rounds,
      ...groups,
      ...connections,
      ...groupAttributes,
      ...chats,
    }),
  },
  renderFailure,
});
