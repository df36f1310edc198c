// The window of the code generators, and what is carried from it to the bank's page.
import { run, until } from "./crew.mjs";
import { same } from "./windows.mjs";

/** Opens the window from the tray, by the name of the entry there. */
export async function openCodes({ tray, desktop }, entry) {
  await tray.press(entry);
  return desktop.window("codes");
}

/**
 * Copies what the window shows, by its button that so many presses of keys lead to, and
 * pastes it into a field of the bank's page: what is new there.
 */
export async function carry({ page }, w, keys, field, before = "") {
  let pasted;
  await until("another code in the clipboard", async () => {
    await w.activate();
    await w.key(...keys);
    pasted = await page.paste(field);
    return pasted !== "" && pasted !== before;
  }, { seconds: 60 });
  return pasted;
}

/** Whether the display of a SpectraNet token is dark, as a picture of the window has it. */
export async function off(picture) {
  return await run("convert", [picture, "-format", "%[hex:p{262,70}]", "info:"]) === "8B9380";
}

/**
 * Whether MobiPass shows an answer, whose digits are large. Before, it says for a moment, beside the page that was
 * filled in, that something is under way.
 */
export async function answerShown(picture) {
  const dark = await run("convert", [picture, "-crop", "180x45+340+120", "-colorspace", "gray", "-threshold", "40%", "-negate",
    "-format", "%[fx:mean*w*h]", "info:"]);
  return Number(dark) > 300;
}

/** Whether two pictures of MobiPass's answer are the same but for the answer. */
export async function sameButAnswer(picture, other) {
  const covered = [];
  for (const [i, p] of [picture, other].entries()) {
    covered.push(`${picture}.${i}.png`);
    await run("convert", [p, "-fill", "white", "-draw", "rectangle 340,120 520,165", covered[i]]);
  }
  return same(...covered);
}
