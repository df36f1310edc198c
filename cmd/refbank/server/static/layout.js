// What every page does: log out.
import { post, showError } from "./page.js";

document.getElementById("logout")?.addEventListener("click", async () => {
  try {
    await post("/api/logout", {});
    location.assign("/");
  } catch (error) {
    showError(error);
  }
});
