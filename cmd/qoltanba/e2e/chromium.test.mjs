import { morning } from "./morning.mjs";

morning("Chromium", { browser: "chromium", language: "kk" });
