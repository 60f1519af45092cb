/** Nothing had been said for long, and all places were needed: who asks again by itself takes somebody else's. */
export const placeTaken = 4001;
