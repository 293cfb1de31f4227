// Shows a survey on another site:
//   <script async src="https://…/embed.js" data-survey="support" data-mode="popover"></script>
// docs/embedding.md lists the options, window.cem(…) and the messages. No cookie, no eval,
// no inline style: the host page needs us in script-src and frame-src, nothing else.
(() => {
  const script = document.currentScript;
  const server = new URL(script.src).origin;
  const queued = window.cem?.q ?? [];
  const widgets = new Map();
  const PATIENCE = 15_000; // until a page that may not be shown here is given up
  const DAY = 86_400_000;
  const WORDS = {
    en: { close: "Close the survey", label: "Feedback", title: "Survey" },
    zh: { close: "关闭问卷", label: "意见反馈", title: "问卷" },
  };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; display: block; font: 600 16px/1.4 system-ui, sans-serif; }
    iframe { display: block; flex: auto; width: 100%; height: 0; min-height: 0; border: 0; }
    button { min-width: 44px; min-height: 44px; padding: 8px 14px; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
    button:focus-visible { outline: 3px solid #1d4fc4; outline-offset: -3px; }
    .opener { position: fixed; z-index: 2147483000; top: 50%; right: 0; padding: 14px 8px; border: 1px solid #fff; border-right: 0; border-radius: 10px 0 0 10px; background: #1d4fc4; color: #fff; writing-mode: vertical-rl; transform: translateY(-50%); }
    .opener:focus-visible { outline-color: #fff; }
    .left .opener { right: auto; left: 0; border: 1px solid #fff; border-left: 0; border-radius: 0 10px 10px 0; }
    dialog { position: fixed; z-index: 2147483001; inset: auto 16px 16px auto; box-sizing: border-box; width: min(26rem, calc(100vw - 32px)); max-width: none; max-height: min(42rem, calc(100vh - 32px)); margin: 0; padding: 0; border: 1px solid #7d899b; border-radius: 12px; background: #fff; color: #1b2433; box-shadow: 0 8px 32px #0004; overflow: hidden; }
    dialog[open] { display: flex; flex-direction: column; }
    dialog > button { flex: none; align-self: end; font-size: 24px; line-height: 1; }
    .left dialog { inset: auto auto 16px 16px; }
    .page dialog { inset: 0; width: 100vw; height: 100vh; height: 100dvh; max-height: none; border: 0; border-radius: 0; }
    .page iframe { height: 100% !important; }
    .waiting { visibility: hidden; }
    @media (prefers-reduced-motion: no-preference) {
      dialog[open]:not(.waiting) { animation: in .2s ease-out; }
      @keyframes in { from { opacity: 0; transform: translateY(12px); } }
    }`);

  // What is remembered stays in the visitor's browser; where that is forbidden, nothing is.
  const recall = (key) => { try { return localStorage.getItem(`cem:${key}`); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(`cem:${key}`, value); } catch { /* forbidden */ } };

  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  const isWriting = () => {
    const at = document.activeElement;
    return at?.isContentEditable || /^(INPUT|TEXTAREA|SELECT|IFRAME)$/.test(at?.tagName);
  };

  class Widget {
    constructor(options) {
      this.options = options;
      this.mode = ["inline", "popover", "tab", "page"].includes(options.mode) ? options.mode : "inline";
      const language = options.lang ?? document.documentElement.lang ?? "";
      this.words = /^zh/i.test(language) ? WORDS.zh : WORDS.en;
      this.language = language;
    }

    start() {
      if (this.mode === "tab") return this.addOpener();
      if (this.wasShownLately() || !this.isDrawn()) return undefined;
      return this.whenTriggered(() => this.open(false));
    }

    wasShownLately() {
      const days = Number(this.options.again);
      return days > 0 && Date.now() - Number(recall(this.options.survey)) < days * DAY;
    }

    isDrawn() {
      if (!this.options.share) return true;
      const key = `${this.options.survey}:draw`;
      const draw = recall(key) ?? String(Math.random() * 100);
      remember(key, draw); // who was left out stays out
      return Number(draw) < Number(this.options.share);
    }

    whenTriggered(open) {
      const { delay, scroll, event } = this.options;
      const exit = (this.options.exit ?? false) !== false;
      const done = new AbortController();
      const fire = () => { if (!done.signal.aborted) { done.abort(); open(); } };
      const on = (target, type, test) =>
        target.addEventListener(type, (e) => test(e) && fire(), { signal: done.signal, passive: true });
      this.cancel = () => done.abort();
      if (delay) setTimeout(fire, Number(delay) * 1000);
      if (scroll) {
        const seen = () => {
          const root = document.documentElement;
          return ((scrollY + innerHeight) / root.scrollHeight) * 100 >= Number(scroll);
        };
        on(window, "scroll", seen);
      }
      // Leaving by the top edge: to the tabs, the address or the way back.
      if (exit) on(document.documentElement, "mouseleave", (e) => e.clientY <= 0);
      if (event) on(document, event, () => true);
      if (!delay && !scroll && !exit && !event) fire();
    }

    addRoot(place) {
      if (this.root) return;
      this.host = document.createElement("div");
      this.root = this.host.attachShadow({ mode: "open" });
      this.root.adoptedStyleSheets = [sheet];
      this.box = make("div", { className: `${this.mode} ${this.options.side === "left" ? "left" : ""}` });
      this.root.append(this.box);
      place(this.host);
    }

    addOpener() {
      this.addRoot((host) => document.body.append(host));
      this.opener = make("button", { type: "button", className: "opener", textContent: this.options.label || this.words.label });
      if (this.options.color) this.opener.style.background = this.options.color;
      this.opener.ariaExpanded = "false";
      this.opener.addEventListener("click", () => (this.dialog?.open ? this.close() : this.open(true)));
      this.box.append(this.opener);
    }

    address() {
      const url = new URL(`/s/${encodeURIComponent(this.options.survey)}/`, server);
      const { fields, identity, test } = this.options;
      const asked = { ...fields, embed: this.mode, host: location.origin, lang: this.language, identity, test };
      for (const [name, value] of Object.entries(asked)) if (value) url.searchParams.set(name, value);
      return url.href;
    }

    addFrame() {
      this.frame = make("iframe", { title: this.options.title || this.words.title, src: this.address() });
      this.frame.referrerPolicy = "origin";
      this.isReady = false;
      setTimeout(() => this.isReady || this.giveUp(), PATIENCE);
    }

    open(byVisitor) {
      this.cancel?.();
      if (this.frame) return undefined;
      this.byVisitor = byVisitor;
      this.addFrame();
      if (this.mode === "inline") {
        this.addRoot((host) => this.place(host));
        return this.box.append(this.frame);
      }
      this.addRoot((host) => document.body.append(host));
      return this.addDialog();
    }

    place(host) {
      const { target } = this.options;
      const found = typeof target === "string" ? document.querySelector(target) : target;
      if (found) found.append(host);
      else if (script.isConnected && script.parentNode !== document.head) script.after(host);
      else document.body.append(host);
    }

    addDialog() {
      const close = make("button", { type: "button", textContent: "×", ariaLabel: this.words.close });
      close.addEventListener("click", () => this.close());
      this.dialog = make("dialog", { className: "waiting", ariaLabel: this.frame.title });
      this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
      this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.close(); });
      this.dialog.append(close, this.frame);
      this.box.append(this.dialog);
      // Shown, and with the focus in it, once the page has come: one that may not be
      // shown here is never seen. Until then it is there, but takes nothing.
      this.dialog.setAttribute("open", "");
    }

    reveal() {
      this.dialog.removeAttribute("open");
      this.dialog.classList.remove("waiting");
      const before = document.activeElement;
      const takesFocus = this.byVisitor || this.mode === "page" || !isWriting();
      this.before = takesFocus ? before : null;
      if (this.mode === "page") this.dialog.showModal();
      else if (takesFocus) this.dialog.show();
      else this.dialog.setAttribute("open", "");
      if (takesFocus) this.frame.focus();
      if (this.opener) this.opener.ariaExpanded = "true";
    }

    close() {
      if (!this.frame) return;
      const hadFocus = document.activeElement === this.host;
      this.drop();
      if (this.opener && hadFocus) this.opener.focus();
      else if (hadFocus || this.mode === "page") this.before?.focus?.();
      this.tell("closed");
    }

    drop() {
      if (this.dialog?.open && this.mode === "page") this.dialog.close();
      (this.dialog ?? this.frame).remove();
      this.dialog = this.frame = undefined;
      if (this.opener) this.opener.ariaExpanded = "false";
    }

    giveUp() {
      if (!this.frame || this.isReady) return;
      this.drop();
      console.warn(`cem: “${this.options.survey}” cannot be shown on ${location.origin}. Is the site allowed, and the survey live?`);
      this.tell("failed");
    }

    post(type, more) {
      if (this.isReady) this.frame?.contentWindow.postMessage({ cem: 1, type, ...more }, server);
    }

    heard({ type, height }) {
      if (type === "ready" && !this.isReady) {
        this.isReady = true;
        remember(this.options.survey, Date.now());
        if (this.dialog) this.reveal();
        this.tell("shown");
      }
      if (type === "height" && height > 0) this.frame.style.height = `${Math.min(height, 20_000)}px`;
      if (type === "answered") this.tell("answered");
      if (type === "close" && this.dialog) this.close();
    }

    tell(what) {
      const detail = { survey: this.options.survey, mode: this.mode };
      document.dispatchEvent(new CustomEvent(`cem:${what}`, { detail }));
    }
  }

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== server || data?.cem !== 1) return;
    for (const widget of widgets.values()) if (widget.frame?.contentWindow === source) widget.heard(data);
  });

  const acts = {
    show(options) {
      widgets.get(options.survey)?.host?.remove();
      const widget = new Widget(options);
      widgets.set(options.survey, widget);
      widget.start();
    },
    open: (survey) => widgets.get(survey)?.open(true),
    close: (survey) => widgets.get(survey)?.close(),
    set(survey, fields) {
      const widget = widgets.get(survey);
      if (!widget) return;
      widget.options.fields = { ...widget.options.fields, ...fields };
      widget.post("set", { fields });
    },
  };
  const run = (act, ...rest) => acts[act]?.(...rest);
  window.cem = run;

  function start() {
    if (script.dataset.survey) {
      const fields = {};
      for (const { name, value } of script.attributes) {
        if (name.startsWith("data-field-")) fields[name.slice(11)] = value;
      }
      run("show", { ...script.dataset, fields });
    }
    for (const call of queued) run(...call);
  }
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
