/** Prints what a visitor downloads, gzipped, and fails above what we promise to the site's owner. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const gzipped = (name) => gzipSync(readFileSync(new URL(`dist/${name}`, import.meta.url)), { level: 9 }).length;

const launcher = gzipped("askmeso.js");
const panel = gzipped("panel.js");
const budgets = [
  ["before the panel is opened (askmeso.js)", launcher, 3_000],
  ["in all (askmeso.js and panel.js)", launcher + panel, 15_000],
];

for (const [what, bytes, most] of budgets) {
  console.log(`${what}: ${bytes} bytes gzipped, at most ${most}`);
  if (bytes > most) process.exitCode = 1;
}
