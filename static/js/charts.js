// Charts that can be explored: draws plotly over the SVG of each [data-chart] figure when it is scrolled to.
//
// The SVG is the chart until plotly has drawn, and stays if it cannot. The library is large, so it is fetched once, when
// the first chart comes near, and charts are drawn one at a time while the browser is idle.
(() => {
  "use strict";

  const NEAR = "200px 0px";
  const MOST_PATIENT = { timeout: 2000 };

  const whenIdle = window.requestIdleCallback
    ? (work) => window.requestIdleCallback(work, MOST_PATIENT)
    : (work) => window.setTimeout(work, 50);

  const shared = JSON.parse(document.getElementById("chart-shared")?.textContent ?? "{}");

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  // What all charts share with a chart's own part on top.
  function merged(common = {}, own = {}) {
    const both = { ...common };
    Object.entries(own).forEach(([name, value]) => {
      both[name] = isObject(value) ? merged(both[name], value) : value;
    });
    return both;
  }

  function wholeFigure({ data, layout, config }) {
    return {
      data: data.map((series) => merged(shared.series[series.name], series)),
      layout: merged(shared.layout, layout),
      config: merged(shared.config, config),
    };
  }

  let library = null;

  function loadLibrary(address) {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => (window.Plotly ? resolve(window.Plotly) : reject(new Error(address))));
      script.addEventListener("error", () => {
        script.remove();
        library = null; // the next press of the button tries again
        reject(new Error(address));
      });
      document.head.append(script);
    });
    return library;
  }

  let queue = Promise.resolve();

  function inTurn(work) {
    const turn = queue.then(() => new Promise((resolve) => whenIdle(resolve))).then(work);
    queue = turn.catch(() => {});
    return turn;
  }

  class Chart {
    constructor(figure) {
      this.figure = figure;
      this.drawing = figure.querySelector("[data-chart-drawing]");
      this.explore = figure.querySelector("[data-chart-explore]");
      this.status = figure.querySelector("[data-chart-status]");
      this.spec = wholeFigure(JSON.parse(figure.querySelector("script[type='application/json']").textContent));
      this.drawn = null;
    }

    library() {
      return loadLibrary(this.figure.dataset.chartLibrary);
    }

    // Draws once; a second call returns the same promise. A failure leaves the SVG as it is.
    draw() {
      this.drawn ??= inTurn(() => this.library().then((plotly) => this.drawWith(plotly))).catch((error) => {
        this.drawn = null;
        throw error;
      });
      return this.drawn;
    }

    async drawWith(plotly) {
      const { data, layout, config } = this.spec;
      const { title: _inTheCaption, ...untitled } = layout;
      const place = document.createElement("div");
      place.className = "chart-plotly";
      place.setAttribute("role", "group");
      place.setAttribute("aria-label", `${this.figure.querySelector("figcaption").textContent}（操作できるグラフ）`);
      // As high as the SVG was: nothing below moves.
      untitled.height = Math.max(layout.height, this.drawing.clientHeight);
      this.drawing.append(place);
      this.figure.classList.add("chart-drawn");
      try {
        await plotly.newPlot(place, data, untitled, { ...config, ...this.ownSaveButton(plotly) });
      } catch (error) {
        place.remove();
        this.figure.classList.remove("chart-drawn");
        throw error;
      }
      // The SVG underneath carries the text of the chart; loose numbers would only repeat it.
      place.querySelectorAll(".main-svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
      if (this.explore === document.activeElement) place.querySelector(".modebar-btn")?.focus();
      this.explore.hidden = true;
    }

    // The library's own button would save the chart without its title.
    ownSaveButton(plotly) {
      const button = { name: "save", title: "画像として保存", icon: plotly.Icons.camera, click: () => this.saveAndSay() };
      return {
        modeBarButtonsToRemove: [...this.spec.config.modeBarButtonsToRemove, "toImage"],
        modeBarButtonsToAdd: [button],
      };
    }

    async save() {
      const plotly = await this.library();
      const { data, layout, config } = this.spec;
      await plotly.downloadImage({ data, layout, config }, config.toImageButtonOptions);
    }

    saveAndSay() {
      return this.report(
        () => this.save(),
        "画像を作成しています…",
        "画像を保存できませんでした。もう一度押してください。"
      );
    }

    async report(work, going, failed) {
      this.status.textContent = going;
      try {
        await work();
        this.status.textContent = "";
      } catch {
        this.status.textContent = failed;
      }
    }

    start(observer) {
      this.explore.addEventListener("click", () =>
        this.report(
          () => this.draw(),
          "グラフを準備しています…",
          "グラフを準備できませんでした。もう一度押すか、表をご覧ください。"
        )
      );
      this.figure
        .querySelector("[data-chart-save]")
        .addEventListener("click", () => this.saveAndSay());
      this.figure.querySelector("[data-chart-tools]").hidden = false;
      observer?.observe(this.figure);
    }
  }

  const charts = new Map([...document.querySelectorAll("[data-chart]")].map((figure) => [figure, new Chart(figure)]));
  // Whoever asks for little data gets the library only by pressing a button.
  const drawsByItself = "IntersectionObserver" in window && !navigator.connection?.saveData;
  const observer = drawsByItself
    ? new IntersectionObserver(
        (entries) =>
          entries
            .filter((entry) => entry.isIntersecting)
            .forEach((entry) => {
              observer.unobserve(entry.target);
              charts.get(entry.target).draw().catch(() => {});
            }),
        { rootMargin: NEAR }
      )
    : null;
  charts.forEach((chart) => chart.start(observer));
})();
