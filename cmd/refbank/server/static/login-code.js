// Login with the code of a SpectraNet token.
import { computerClock } from "./clock.js";
import { post, show, submit } from "./page.js";

submit(document.getElementById("code-login"), async (values) => {
  try {
    await post("/api/login/code", values);
  } catch (error) {
    const clock = error.word === "code" && computerClock();
    if (!clock) throw error;
    show("error", ...clock, error.word);
    return;
  }
  location.assign("/");
});
