import { defineFailures } from '../../core/provider/failure-table.ts';
import { assertOr } from '../../core/wire/failure.ts';
import { toVersion } from './versions.ts';

/**
 * FIDELITY: v2 refuses a taken name or e-mail with 299, and clients check both status and text
 * (JavaScript and C# clients, v2); v3 refuses it with 422 (SDK docs).
 */
const INVALID = 299;
const INVALID_IN_V3 = 422;

/** GameFuse's failures: the status and text for each code. */
export const FAILURES = {
  // FIDELITY: the text (REST docs, checked against the live service) and the status (SDK docs).
  NO_USER_TOKEN: [401, 'Request missing user authentication token'],
  // FIDELITY: vendor docs, "using credits". ASSUMED: also for a value of the wrong type, or beyond 32 bits.
  UNKNOWN: [500, 'unknown server error'],
  // FIDELITY: vendor docs, "using credits".
  NO_CREDITS: [400, 'Please include a credits param'],
  // FIDELITY: the following are from the REST docs, v2.
  NO_SCORE: [400, 'Please include a score param'],
  VERIFY_FAILED: [401, 'failed to verify game'],
  STORE_OF_NO_GAME: [404, 'Failed to verify game'],
  FORGET_AT_NO_GAME: [404, 'Game ID or Token incorrect'],
  BAD_EMAIL: [403, 'Invalid Email Address'],
  NO_USER_WITH_EMAIL: [404, 'No user found with email'],
  NO_SUCH_GAME: [404, 'Failed to fetch game variables, check your token and id'],
  NO_SUCH_USER: [404, 'User Not Found!'],
  WRONG_PASSWORD: [404, 'Incorrect Password'],
  ALREADY_PURCHASED: [403, 'Already Purchased'],
  NOT_ENOUGH_CREDITS: [403, 'Not Enough Credits'],
  NO_SUCH_ITEM: [404, 'Item not found'],
  ITEM_NOT_OWNED: [404, 'Store item does not exist, or was not purchase'],
  BAD_ATTRIBUTES: [400, 'missing or invalid parameters'],
  NO_SUCH_ATTRIBUTE: [400, 'User does not have item with specified key'],
  ENTRIES_OF_OTHERS_ADDED: [401, 'can only add entries for current user'],
  ENTRIES_OF_OTHERS_CLEARED: [401, 'can only clear entries for current user'],
  ENTRIES_OF_OTHERS_READ: [401, 'can only get entries for current user'],
  BAD_EXTRA_ATTRIBUTES: [400, 'invalid extra attributes'],
  // FIDELITY: REST docs, v3.
  NO_SUCH_PLAYER: [404, 'User not found'],
  // FIDELITY: the status and the subject of the text (REST docs, v3). ASSUMED: the wording.
  PLAYER_OF_ANOTHER_GAME: [401, 'You cannot view users from another game'],
  // FIDELITY: the status of a wrong service key (REST docs, v3; client tests). ASSUMED: the wording, and the same refusal
  // for a route that is switched off.
  ACCESS_REFUSED: [401, 'Unauthorized access'],
  // FIDELITY: the statuses of friendships, rounds, groups and chats, and the text for a missing attribute (REST docs, v3;
  // client tests). ASSUMED: all other texts.
  USER_UNKNOWN: [422, 'User not found'],
  FRIEND_OF_ONESELF: [422, 'You cannot be your own friend'],
  FRIENDSHIP_THERE: [422, 'There is a friendship or a friend request already'],
  BAD_STATUS: [422, 'Status must be accepted or declined'],
  NO_SUCH_REQUEST: [422, 'Friend request not found'],
  NO_FRIENDSHIP: [422, 'Friendship not found'],
  NO_ROUND_PLAYER: [422, 'Please include a game_user_id param'],
  NO_GAME_TYPE: [422, 'Please include a game_type param'],
  NO_ROUND_USER: [422, 'Please include a user_id param'],
  BAD_METADATA: [422, 'Metadata must be an object'],
  NO_SUCH_ROUND: [404, 'Game round not found'],
  ROUND_OF_ANOTHER_GAME: [401, 'You cannot view game rounds from another game'],
  ROUND_OF_ANOTHER: [401, 'You can only change your own game rounds'],
  BLANK_NAME: [422, "Name can't be blank"],
  NO_SUCH_GROUP: [404, 'Group not found'],
  GROUP_UNKNOWN: [422, 'Group not found'],
  NOT_GROUP_ADMIN: [422, 'Only admins of the group can do this'],
  CONNECTED_ALREADY: [422, 'There is a connection to this group already'],
  REMOVED_FROM_GROUP: [422, 'You were removed from this group'],
  GROUP_FULL: [422, 'The group is full'],
  NOT_AUTO_JOIN: [422, 'This group has to be asked'],
  NO_SUCH_CONNECTION: [422, 'Group connection not found'],
  NOT_A_MEMBER: [422, 'Not a member of this group'],
  GROUP_ATTRIBUTES_HIDDEN: [401, 'Only members can see the attributes of a group'],
  GROUP_ATTRIBUTE_REFUSED: [401, 'You cannot create attributes in this group'],
  GROUP_ATTRIBUTE_FIXED: [401, 'You cannot edit this attribute'],
  NO_SUCH_GROUP_ATTRIBUTE: [404, 'Attribute not found'],
  NO_TEXT: [422, "Text can't be blank"],
  CHAT_OF_NOBODY: [422, 'Please include usernames or a group_id param'],
  NO_SUCH_CHAT: [422, 'Chat not found'],
  NO_SUCH_MESSAGE: [422, 'Message not found'],
  READ_ALREADY: [422, 'Message has already been read'],
  // ASSUMED: the refusals of the test suite.
  TEST_GAME_UNKNOWN: [422, 'Game not found'],
  BAD_COST: [422, 'Cost must be a whole number, 0 or more'],
  // FIDELITY: the statuses and the subjects of the texts (REST docs, v2). ASSUMED: the wording.
  GAME_DISABLED: [402, 'Game is disabled, check your dashboard'],
  INCOMPLETE_ATTRIBUTE: [400, 'each attribute must have a key and a value'],
  NO_ENTRIES: [400, 'No leaderboard entries found for '],
  // FIDELITY: "has already been taken" (JavaScript and C# clients, v2). ASSUMED: the sentences, as Rails words them.
  USERNAME_TAKEN: [INVALID, 'Username has already been taken'],
  EMAIL_TAKEN: [INVALID, 'Email has already been taken'],
  PASSWORDS_DIFFER: [INVALID, "Password confirmation doesn't match Password"],
  NO_EMAIL: [INVALID, "Email can't be blank"],
  NO_USERNAME: [INVALID, "Username can't be blank"],
  NO_PASSWORD: [INVALID, "Password can't be blank"],
  // ASSUMED: the following are the usual texts of such servers.
  NOT_FOUND: [404, 'Not Found'],
  BAD_REQUEST: [400, 'Bad Request'],
  TOO_LARGE: [413, 'Payload Too Large'],
  LIMITED: [429, 'Too Many Requests'],
} as const satisfies Record<string, readonly [number, string]>;

/** Failures of the emulator's own controls and options. */
const OWN = {
  CONTROL_WITHOUT_GAME: [404, 'This game does not exist.'],
  CONTROL_WITHOUT_ITEM: [404, 'This store item does not exist.'],
  CONTROL_WITHOUT_KEY: [404, 'This service key does not exist.'],
  UNWRITTEN: [501, 'Not Implemented'],
} as const satisfies Record<string, readonly [number, string]>;

/** Statuses that differ in v3. */
const IN_V3 = {
  // FIDELITY: client tests, SDK docs.
  WRONG_PASSWORD: 401,
  USERNAME_TAKEN: INVALID_IN_V3,
  EMAIL_TAKEN: INVALID_IN_V3,
  PASSWORDS_DIFFER: INVALID_IN_V3,
  NO_EMAIL: INVALID_IN_V3,
  NO_USERNAME: INVALID_IN_V3,
  NO_PASSWORD: INVALID_IN_V3,
} as const satisfies Partial<Record<keyof typeof FAILURES, number>>;

const ALL = { ...FAILURES, ...OWN };

export type ErrorCode = keyof typeof ALL;

/** Refuses with one of GameFuse's failures unless the condition holds. */
export const assert: (condition: unknown, code: ErrorCode) => asserts condition = assertOr;

export const renderFailure = defineFailures<ErrorCode>({
  codes: ALL,
  kinds: {
    unauthenticated: 'NO_USER_TOKEN',
    invalid: 'UNKNOWN',
    notFound: 'NOT_FOUND',
    // ASSUMED: a known path with another method is an unknown route.
    methodNotAllowed: 'NOT_FOUND',
    badPath: 'BAD_REQUEST',
    parse: 'BAD_REQUEST',
    tooLarge: 'TOO_LARGE',
    limited: 'LIMITED',
    unwritten: 'UNWRITTEN',
    bug: 'UNKNOWN',
  },
  // If several texts are possible, the likeliest.
  usual: {
    verifyGame: { 401: 'VERIFY_FAILED' },
    fetchGameVariables: { 401: 'VERIFY_FAILED' },
    listStoreItems: { 404: 'STORE_OF_NO_GAME' },
    listUserStoreItems: { 404: 'NO_SUCH_PLAYER' },
    listAttributes: { 404: 'NO_SUCH_PLAYER' },
    listUserLeaderboardEntries: { 404: 'NO_SUCH_PLAYER' },
    showUser: { 404: 'NO_SUCH_PLAYER' },
    forgetPassword: { 403: 'BAD_EMAIL', 404: 'NO_USER_WITH_EMAIL' },
    listGameLeaderboardEntries: { 400: 'NO_ENTRIES' },
    signUp: { 299: 'USERNAME_TAKEN', 404: 'NO_SUCH_GAME', 422: 'USERNAME_TAKEN' },
    signIn: { 401: 'WRONG_PASSWORD', 404: 'NO_SUCH_USER' },
    addCredits: { 400: 'NO_CREDITS', 403: 'NOT_ENOUGH_CREDITS' },
    setCredits: { 400: 'NO_CREDITS', 403: 'NOT_ENOUGH_CREDITS' },
    addScore: { 400: 'NO_SCORE' },
    setScore: { 400: 'NO_SCORE' },
    purchaseStoreItem: { 403: 'NOT_ENOUGH_CREDITS', 404: 'NO_SUCH_ITEM' },
    removeStoreItem: { 404: 'ITEM_NOT_OWNED' },
    addAttributes: { 400: 'BAD_ATTRIBUTES' },
    removeAttributes: { 400: 'NO_SUCH_ATTRIBUTE' },
    addLeaderboardEntry: { 400: 'BAD_EXTRA_ATTRIBUTES' },
    sendFriendRequest: { 422: 'FRIENDSHIP_THERE' },
    answerFriendRequest: { 422: 'NO_SUCH_REQUEST' },
    deleteFriendRequest: { 422: 'NO_SUCH_REQUEST' },
    unfriend: { 422: 'NO_FRIENDSHIP' },
    listFriends: { 404: 'NO_SUCH_PLAYER' },
    listFriendsOf: { 404: 'NO_SUCH_PLAYER' },
    createGameRound: { 404: 'NO_SUCH_PLAYER', 422: 'NO_GAME_TYPE' },
    listGameRounds: { 404: 'NO_SUCH_PLAYER', 422: 'NO_ROUND_USER' },
    getGameRound: { 404: 'NO_SUCH_ROUND' },
    updateGameRound: { 404: 'NO_SUCH_ROUND', 422: 'BAD_METADATA' },
    deleteGameRound: { 404: 'NO_SUCH_ROUND' },
    createGroup: { 422: 'BLANK_NAME' },
    getGroup: { 404: 'NO_SUCH_GROUP' },
    updateGroup: { 404: 'NO_SUCH_GROUP', 422: 'NOT_GROUP_ADMIN' },
    deleteGroup: { 404: 'NO_SUCH_GROUP', 422: 'NOT_GROUP_ADMIN' },
    connectToGroup: { 422: 'CONNECTED_ALREADY' },
    answerGroupConnection: { 422: 'NO_SUCH_CONNECTION' },
    cancelGroupConnection: { 422: 'NO_SUCH_CONNECTION' },
    leaveGroup: { 422: 'NOT_A_MEMBER' },
    removeGroupMember: { 422: 'NOT_A_MEMBER' },
    makeGroupAdmin: { 422: 'NOT_A_MEMBER' },
    listGroupAttributes: { 404: 'NO_SUCH_GROUP' },
    addGroupAttributes: { 400: 'BAD_ATTRIBUTES', 404: 'NO_SUCH_GROUP' },
    modifyGroupAttribute: { 400: 'BAD_ATTRIBUTES', 404: 'NO_SUCH_GROUP_ATTRIBUTE' },
    createChat: { 422: 'NO_TEXT' },
    sendMessage: { 422: 'NO_SUCH_CHAT' },
    listMessages: { 422: 'NO_SUCH_CHAT' },
    markMessageRead: { 422: 'READ_ALREADY' },
    createTestGame: { 401: 'ACCESS_REFUSED' },
    createTestUser: { 401: 'ACCESS_REFUSED', 422: 'USERNAME_TAKEN' },
    createTestStoreItem: { 401: 'ACCESS_REFUSED', 422: 'TEST_GAME_UNKNOWN' },
    cleanUpTest: { 401: 'ACCESS_REFUSED', 422: 'TEST_GAME_UNKNOWN' },
  },
  usualAnywhere: {
    401: 'NO_USER_TOKEN',
    402: 'GAME_DISABLED',
    413: 'TOO_LARGE',
    429: 'LIMITED',
    500: 'UNKNOWN',
  },
  // FIDELITY: the body of an error is the sentence as plain text (REST docs, v2; JavaScript and C# clients).
  render: ({ status, text, code, injected }, { basePath }) => ({
    status: code === undefined || injected ? status : toStatus(code, basePath),
    body: text,
  }),
});

function toStatus(code: ErrorCode, basePath: string | undefined): number {
  const later: Readonly<Partial<Record<ErrorCode, number>>> = toVersion(basePath) === 'v3' ? IN_V3 : {};
  return later[code] ?? ALL[code][0];
}
