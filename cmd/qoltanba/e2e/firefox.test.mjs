import { morning } from "./morning.mjs";

morning("Firefox, without a keyring", { browser: "firefox", language: "ru", keyring: false });
