// The window of the code generators, and what is carried from it to the bank's page.
import { until } from "./crew.mjs";

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
