// Login with the code of a SpectraNet token.
import { post, submit } from "./page.js";

submit(document.getElementById("code-login"), async (values) => {
  await post("/api/login/code", values);
  location.assign("/");
});
