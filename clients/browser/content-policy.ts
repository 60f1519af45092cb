import { z } from "zod";

// The page's policy forbids code made from text. zod would try as soon as the first schema is made, and the browser
// would complain; so this must be imported before everything else.
z.config({ jitless: true });
