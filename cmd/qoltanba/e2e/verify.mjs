// The signatures, checked by a program that is neither the agent's nor the bank's.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./crew.mjs";
import { gost } from "./home.mjs";

/** Who checks. */
export const verifier = gost ? "qoltanba verify" : "openssl";

/**
 * Has openssl, for GOST the agent's command line, check every signature that the bank accepted: CAdES, over exactly
 * the bytes of the bank's order, by a certificate of the bank's CA. Returns how
 * many there are; throws at the first that is wrong.
 */
export async function verifyAll(home) {
  const dir = join(home.bank, "signed");
  const signatures = (await readdir(dir)).filter((name) => name.endsWith(".p7s"));
  for (const name of signatures) {
    const order = join(dir, name.replace(/p7s$/, "xml"));
    if (gost) {
      // openssl's GOST engine does not know the Kazakh identifiers. The order is inside.
      await run(home.program("qoltanba"), ["--home", join(home.dir, "verify"), "verify", join(dir, name), "--ca", join(home.bank, "ca/gost/chain.pem")],
        { env: home.env });
      if (!(await readFile(join(dir, name))).includes(await readFile(order))) throw new Error(`${name} is about another order`);
      continue;
    }
    await run("openssl", ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", join(dir, name),
      "-content", order, "-CAfile", join(home.bank, "ca/chain.pem"), "-out", "/dev/null"]);
  }
  return signatures.length;
}
