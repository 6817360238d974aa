import * as z from "zod";

// Compiling schemas with `new Function` is what the Content-Security-Policy forbids, and zod tries it unless told not to.
z.config({ jitless: true });

export { z };
