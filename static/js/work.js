// Long work: an element with data-work asks that address how far the work is, and writes it into its parts. When the work
// has ended it stops asking; with data-work-reload the page is loaded anew.
(() => {
  const watch = (element) => {
    const part = (name) => element.querySelector(`[data-work-${name}]`);
    const write = (name, text) => {
      const place = part(name);
      if (place && place.textContent !== text) place.textContent = text; // what is written again is read aloud again
    };
    const move = (bar, now) => {
      if (bar && now.total) {
        bar.max = now.total;
        bar.value = now.done;
      }
    };

    const ask = async () => {
      try {
        const answer = await fetch(element.dataset.work, { redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        const now = await answer.json();
        if (!now.is_under_way && element.hasAttribute("data-work-reload")) {
          location.replace(location.pathname);
          return;
        }
        write("label", now.label);
        write("words", now.words);
        write("count", now.is_under_way && now.total ? `${now.total}のうち${now.done}が終わりました。` : "");
        move(part("bar"), now);
        if (now.is_under_way) setTimeout(ask, document.hidden ? 10000 : 1000);
      } catch {
        setTimeout(ask, 5000); // the server may be starting anew
      }
    };
    setTimeout(ask, 500);
  };

  document.querySelectorAll("[data-work]").forEach(watch);
})();
