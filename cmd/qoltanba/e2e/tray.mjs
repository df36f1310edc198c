// The tray's menu, as a panel works it: over the session bus.
import { run, until } from "./crew.mjs";

export class Tray {
  #env;
  #item;

  constructor(home, agent) {
    this.#env = home.env;
    this.#item = `org.kde.StatusNotifierItem-${agent.pid}-1`;
  }

  /** Presses the entry with that label, once it is there. */
  press(label) {
    return until(`the tray's entry "${label}"`, async () => {
      const menu = await this.#call("GetLayout", "int32:0", "int32:-1", "array:string:").catch(() => ""); // not on the bus yet
      let id;
      for (const line of menu.split("\n")) {
        const entry = /^\s+int32 (\d+)$/.exec(line);
        if (entry) id = entry[1];
        if (line.includes(`string "${label}"`)) {
          await this.#call("Event", `int32:${id}`, "string:clicked", "variant:int32:0", "uint32:0");
          return true;
        }
      }
      return false;
    });
  }

  #call(method, ...args) {
    return run("dbus-send", ["--session", "--print-reply", `--dest=${this.#item}`, "/StatusNotifierItem/menu",
      `com.canonical.dbusmenu.${method}`, ...args], { env: this.#env });
  }
}
