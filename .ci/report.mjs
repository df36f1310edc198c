// Makes one account of all test runs: "start" opens it, "go" reads go test -json
// from stdin, shows it and books it, "sum" closes with the skipped tests and the
// figures ("sum failed" where make failed). node --test books itself as TAP.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const account = ".test";

const commands = { start, go, sum };
await commands[process.argv[2]]();

function start() {
  rmSync(account, { recursive: true, force: true });
  mkdirSync(account);
}

async function go() {
  const booked = { passed: 0, failed: 0, skipped: [] };
  const outputs = new Map(); // by package and test, until the test has passed
  const passed = new Map(); // by package
  const broken = new Set(); // packages with a test that failed
  for await (const line of createInterface({ input: process.stdin })) {
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      console.log(line);
      continue;
    }
    const { Action, Package, Test = "", Output = "", Elapsed } = event;
    const key = `${Package} ${Test}`;
    switch (Action) {
      case "build-output":
        process.stdout.write(Output);
        break;
      case "output":
        outputs.set(key, (outputs.get(key) ?? "") + Output);
        break;
      case "pass":
        if (Test) {
          booked.passed++;
          passed.set(Package, (passed.get(Package) ?? 0) + 1);
        } else {
          console.log(`ok    ${Package}  ${passed.get(Package) ?? 0} tests  ${Elapsed.toFixed(1)} s`);
        }
        outputs.delete(key);
        break;
      case "skip":
        if (Test) booked.skipped.push(`${Package} ${Test}: ${reason(outputs.get(key) ?? "")}`);
        outputs.delete(key);
        break;
      case "fail":
        if (Test) broken.add(Package);
        if (Test || !broken.has(Package)) booked.failed++; // a package may fail without a test
        process.stdout.write(outputs.get(key) ?? "");
        outputs.delete(key);
        break;
    }
  }
  mkdirSync(account, { recursive: true });
  writeFileSync(`${account}/go-${process.pid}.json`, JSON.stringify(booked));
}

/** What t.Skip was given: the last line that names a file and a line. */
function reason(output) {
  return output.match(/^\s+\S+\.go:\d+: (.*)$/m)?.[1] ?? "no reason given";
}

function sum() {
  const total = { passed: 0, failed: 0, skipped: [] };
  for (const name of readdirSync(account).filter((name) => /\.(json|tap)$/.test(name))) {
    const text = readFileSync(`${account}/${name}`, "utf8");
    const { passed, failed, skipped } = name.endsWith(".tap") ? tap(text) : JSON.parse(text);
    total.passed += passed;
    total.failed += failed;
    total.skipped.push(...skipped);
  }
  if (process.argv[3] === "failed") total.failed ||= 1; // what failed was no test: vet, a build
  if (total.skipped.length > 0) {
    console.log(`${total.skipped.length} skipped:`);
    for (const line of total.skipped) console.log(`  ${line}`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
}

function tap(text) {
  const figure = (name) => Number(text.match(new RegExp(`^# ${name} (\\d+)$`, "m"))?.[1] ?? 0);
  const skipped = [...text.matchAll(/^\s*ok \d+ - (.*) # SKIP ?(.*)$/gm)].map(([, name, why]) => `${name}: ${why || "no reason given"}`);
  return { passed: figure("pass"), failed: figure("fail") + figure("cancelled"), skipped };
}
