/** The client speaks the beta shape of the protocol; the hosted service's own code. */
export const betaDisabled = 4000;
/** Nothing had been said for long, and all places were needed: who asks again by itself takes somebody else's. */
export const placeTaken = 4001;
