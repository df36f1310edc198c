// What a person is told of a clock that is wrong: the token's, or the computer's, by which
// a token that is a program goes.
import { computerAhead, text } from "./page.js";

const refused = { ahead: "refused.clock-ahead", behind: "refused.clock-behind", right: "refused.clock-right" };
const found = { ahead: "done.clock-ahead", behind: "done.clock-behind", right: "done.clock-right" };
const computer = { ahead: "refused.computer-ahead", behind: "refused.computer-behind" };

/** The text, and its values, for a code by which the token's clock is so many minutes ahead. */
export const clockRefused = (minutes) => said(refused, minutes);

/** The text, and its values, for a clock that the bank goes by from now on. */
export const clockFound = (minutes) => said(found, minutes);

/**
 * The text, and its values, for a code that was refused without a reason, or nothing when
 * the clock of this computer is not to blame. It compares what the computer shows with the
 * time of the bank's answer, and tells nothing of the code.
 */
export function computerClock() {
  const minutes = Math.round(computerAhead() / 60_000);
  return minutes ? said(computer, minutes) : undefined;
}

function said(keys, minutes) {
  const key = minutes > 0 ? keys.ahead : minutes < 0 ? keys.behind : keys.right;
  const n = Math.abs(minutes);
  const form = new Intl.PluralRules(document.documentElement.lang).select(n);
  return [key, { time: text(`minutes.${form}`, { n }) }];
}
