/** Made by scripts/names.ts: npm run types. */

/** Operations, by the id of their provider. */
export interface Operations {
    decentraland: "getCredits" | "getCreditsStream" | "getSeason" | "getSeasons" | "registerUser";
    gamefuse: "verifyGame" | "fetchGameVariables" | "listStoreItems" | "forgetPassword" | "listGameLeaderboardEntries" | "signUp" | "signIn" | "showUser" | "addCredits" | "setCredits" | "addScore" | "setScore" | "listUserStoreItems" | "purchaseStoreItem" | "removeStoreItem" | "listAttributes" | "addAttributes" | "removeAttributes" | "addLeaderboardEntry" | "clearLeaderboardEntries" | "listUserLeaderboardEntries" | "getServerTime" | "listFriendships" | "sendFriendRequest" | "answerFriendRequest" | "deleteFriendRequest" | "unfriend" | "listFriends" | "listFriendsOf" | "listOutgoingFriendRequests" | "listIncomingFriendRequests" | "listGameRounds" | "createGameRound" | "getGameRound" | "updateGameRound" | "deleteGameRound" | "listGroups" | "createGroup" | "getGroup" | "updateGroup" | "deleteGroup" | "connectToGroup" | "answerGroupConnection" | "cancelGroupConnection" | "leaveGroup" | "removeGroupMember" | "makeGroupAdmin" | "listGroupAttributes" | "addGroupAttributes" | "modifyGroupAttribute" | "createChat" | "listChats" | "sendMessage" | "listMessages" | "markMessageRead" | "createTestGame" | "createTestUser" | "createTestStoreItem" | "cleanUpTest";
    inveterate: "CreditsController_findOne" | "CreditsController_create" | "MembersController_findAll" | "MembersController_create" | "MembersController_findOne" | "MembersController_update" | "MerchantController_findOne" | "StorefrontCreditsController_findOne" | "StorefrontCreditsController_redeem" | "StorefrontMembersController_findOne" | "StorefrontMembersController_cancel" | "TiersController_findAll" | "TiersController_findOne" | "TiersController_findBenefits" | "TiersController_findBenefit" | "StorefrontTiersController_findOne" | "StorefrontTiersController_findBenefits" | "BenefitsController_findAll" | "BenefitsController_findOne" | "StorefrontBenefitsController_findAll" | "StorefrontBenefitsController_findOne" | "WebhookSubscriptionsController_findAll" | "WebhookSubscriptionsController_create" | "WebhookSubscriptionsController_update" | "WebhookSubscriptionsController_remove";
    klaim: "createUser" | "listUsers" | "getUser" | "updateUser" | "getUserCredits" | "updateUserCredits";
    openmonetize: "getCreditBalance" | "grantCredits" | "purchaseCredits" | "getUserCredits" | "getUserTransactions" | "ingestEvents" | "checkEntitlement" | "createEntitlement" | "listEntitlements" | "updateEntitlement" | "deleteEntitlement" | "listEvents" | "getUsage" | "getCosts" | "getBurnRate" | "calculateCost" | "calculateCosts" | "listPrices" | "listBurnTables" | "createBurnTable" | "getActiveBurnTable" | "getBurnTable" | "updateBurnTable" | "deleteBurnTable" | "registerCustomer" | "getCurrentCustomer" | "getHealth" | "getReady" | "getInfo";
}

/** Controls, by the id of their provider. */
export interface Controls {
    decentraland: "grant" | "consume" | "revoke" | "flag" | "unflag" | "pauseSeason" | "endSeason";
    gamefuse: "createGame" | "createStoreItem" | "priceStoreItem" | "setGameVariable" | "disableGame" | "createServiceKey" | "deleteServiceKey" | "switchRoute";
    inveterate: "useCode" | "createMember" | "expireCredits" | "settle" | "changeTier" | "confirmCancellation" | "cancelMembership" | "announce";
    klaim: "addMember";
    openmonetize: "createUser" | "createTeam" | "adjustWallet" | "suspendCustomer" | "setUnitPrice" | "addBurnTable" | "setQuotaUsage";
}
