/** Made by scripts/names.ts: npm run types. */

/** Operations, by the id of their provider. */
export interface Operations {
    decentraland: "getCredits" | "grantCredit" | "getCreditsStream" | "getSeason" | "getSeasons" | "registerUser" | "leaveProgram" | "getEnrolment" | "getProgress" | "getCaptcha" | "solveCaptcha" | "listPacks" | "checkout" | "getOrder" | "cancelOrder" | "resumeOrder" | "listOrders" | "authorize" | "cancelAuthorizations" | "submitAuthorizations" | "authorizePublication" | "listPurchases" | "mintUsd" | "mintCredit" | "signExternalCall" | "getNameRoute";
    gamefuse: "verifyGame" | "fetchGameVariables" | "listStoreItems" | "forgetPassword" | "listGameLeaderboardEntries" | "signUp" | "signIn" | "showUser" | "addCredits" | "setCredits" | "addScore" | "setScore" | "listUserStoreItems" | "purchaseStoreItem" | "removeStoreItem" | "listAttributes" | "addAttributes" | "removeAttributes" | "addLeaderboardEntry" | "clearLeaderboardEntries" | "listUserLeaderboardEntries";
    inveterate: "CreditsController_findOne" | "CreditsController_create" | "MembersController_findAll" | "MembersController_create" | "MembersController_findOne" | "MerchantController_findOne" | "StorefrontCreditsController_findOne" | "StorefrontCreditsController_redeem";
    klaim: "createUser" | "listUsers" | "getUser" | "updateUser" | "getUserCredits" | "updateUserCredits";
    openmonetize: "getCreditBalance" | "grantCredits" | "purchaseCredits" | "getUserCredits" | "getUserTransactions" | "ingestEvents" | "registerCustomer" | "getCurrentCustomer" | "getHealth" | "getReady" | "getInfo";
}

/** Controls, by the id of their provider. */
export interface Controls {
    decentraland: "grant" | "consume" | "revoke" | "flag" | "unflag" | "pauseSeason" | "endSeason" | "defineGoals" | "completeSteps" | "readCaptcha" | "payOrder" | "failOrder" | "abandonOrder" | "settlePurchase";
    gamefuse: "createGame" | "createStoreItem" | "priceStoreItem" | "setGameVariable" | "disableGame";
    inveterate: "useCode" | "createMember" | "expireCredits" | "settle";
    klaim: "addMember";
    openmonetize: "createUser" | "createTeam" | "adjustWallet" | "suspendCustomer";
}
