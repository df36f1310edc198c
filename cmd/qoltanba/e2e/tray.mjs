// The tray's menu, as a panel works it: over the session bus.
import { run } from "./crew.mjs";

export class Tray {
  #env;
  #item;

  constructor(home, agent) {
    this.#env = home.env;
    this.#item = `org.kde.StatusNotifierItem-${agent.pid}-1`;
  }

  /** Presses the entry with that label. */
  async press(label) {
    const menu = await this.#call("GetLayout", "int32:0", "int32:-1", "array:string:");
    let id;
    for (const line of menu.split("\n")) {
      const entry = /^\s+int32 (\d+)$/.exec(line);
      if (entry) id = entry[1];
      if (line.includes(`string "${label}"`)) {
        await this.#call("Event", `int32:${id}`, "string:clicked", "variant:int32:0", "uint32:0");
        return;
      }
    }
    throw new Error(`no entry "${label}" in the tray's menu: ${menu}`);
  }

  #call(method, ...args) {
    return run("dbus-send", ["--session", "--print-reply", `--dest=${this.#item}`, "/StatusNotifierItem/menu",
      `com.canonical.dbusmenu.${method}`, ...args], { env: this.#env });
  }
}
