/* The live layer of the map: reports, problems and our own base map, read from this server's own
   addresses as the map moves. Nothing here runs Python; only choosing a problem tells the page.
   Text is set with textContent and setAttribute, never as HTML. */
(function () {
  "use strict";
  const STEP = 1e-5;
  const SVG = "http://www.w3.org/2000/svg";

  function pairs(flat) {
    const line = [];
    for (let at = 0; at + 1 < flat.length; at += 2) line.push([flat[at + 1] * STEP, flat[at] * STEP]);
    return line;
  }

  function query(values) {
    const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
    return new URLSearchParams(kept).toString();
  }

  const LiveLayer = L.Layer.extend({
    initialize(options) {
      L.setOptions(this, options);
      this._state = null;
      this._markers = new Map();
      this._asking = {};
    },

    onAdd(map) {
      this._map = map;
      window.fixpointLive = this;
      [["fxBase", 250], ["fxDensity", 340], ["fxPlaces", 400], ["fxFootprints", 410], ["fxMarkers", 620]].forEach(([name, order]) => {
        map.createPane(name).style.zIndex = order;
      });
      this._canvas = {
        base: L.canvas({ pane: "fxBase", padding: 0.3 }),
        density: L.canvas({ pane: "fxDensity", padding: 0.2 }),
      };
      this._layers = {
        areas: L.layerGroup().addTo(map), streets: L.layerGroup().addTo(map), density: L.layerGroup().addTo(map),
        places: L.layerGroup().addTo(map), footprints: L.layerGroup().addTo(map), markers: L.layerGroup().addTo(map),
      };
      this._note = L.DomUtil.create("p", "fx-map-note", map.getContainer());
      this._note.setAttribute("role", "status");
      map.getContainer().setAttribute("aria-label", this.options.label);
      // Leaflet focuses the map on every press; without this the page around the frame jumps to show all
      // of it, and the press misses what it was meant for.
      const box = map.getContainer();
      const focus = box.focus.bind(box);
      box.focus = () => focus({ preventScroll: true });
      L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
      map.on("moveend", this._later, this);
      map.on("click", (event) => this._place(event.latlng));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.target !== box || !this._state || !this._state.pick) return;
        event.preventDefault();
        this._place(map.getCenter());
      });
      map.on("zoomend", this._sizeMarkers, this);
      // The frame gets its size after the map: until the reader touches it, it is fitted to every new size.
      this._untouched = true;
      ["pointerdown", "wheel", "keydown"].forEach((kind) => {
        map.getContainer().addEventListener(kind, () => { this._untouched = false; }, { capture: true, passive: true });
      });
      new ResizeObserver(() => {
        map.invalidateSize({ pan: false });
        if (this._untouched && this._state) this._fit();
      }).observe(map.getContainer());
      if (this._waiting) this.update(this._waiting);
    },

    /* The page's only way to speak to the layer: filters, colours, what is selected. */
    update(state) {
      if (!this._map) { this._waiting = state; return; }
      const before = this._state;
      this._state = state;
      if (!before) this._begin();
      this._showPast(state.past);
      if (!before || before.theme !== state.theme) { this._paint(); this._readBase(); }
      if (state.pick) this._showPlace(state.pick.at);
      else if (!before || before.problems !== state.problems || before.theme !== state.theme) this._readProblems();
      else this._select();
      if (before && before.area !== state.area) { this._fitted = state.home; this._fit(); }
      if (before && before.area !== state.area && before.theme === state.theme) this._readBase();
      if (!before || before.view !== state.view || before.theme !== state.theme) this._readView();
    },

    _begin() {
      if (this._state.label) this._map.getContainer().setAttribute("aria-label", this._state.label);
      this._map.getContainer().classList.toggle("fx-pick", Boolean(this._state.pick));
      if (this._state.pick) this._map.getContainer().dataset.problems = 0;
      this._fitted = this._state.at || this._state.home;
      this._fit();
      if (this._state.base) this._tiles(this._state.base);
    },

    /* A replayed week is framed and named, so that nobody takes it for today. */
    _showPast(words) {
      const box = this._map.getContainer();
      box.classList.toggle("fx-past", Boolean(words));
      if (words) box.dataset.past = words; else delete box.dataset.past;
    },

    /* Show what the map was opened for: the problem of the address, else the whole city. */
    _fit() {
      const at = this._fitted;
      if (!at) return;
      if (at.length === 2) this._map.setView([at[1] * STEP, at[0] * STEP], 16, { animate: false });
      else this._map.fitBounds([[at[1], at[0]], [at[3], at[2]]], { padding: [24, 24], animate: false });
    },

    /* Show this box [west, south, east, north] until the reader moves the map. */
    show(box) { this._fitted = box; if (this._state) this._fit(); },

    _paint() {
      const colours = this._state.colours;
      const style = this._map.getContainer().style;
      Object.entries(colours).forEach(([name, value]) => style.setProperty(name, value));
      style.background = "var(--fx-land)";
      this._note.ownerDocument.body.style.background = "transparent";
    },

    /* An outside base map only where one is configured; our own lines take over when it fails. */
    _tiles(base) {
      let loaded = 0, failed = 0;
      const attribution = document.createElement("span");
      attribution.textContent = base.attribution;
      const tiles = L.tileLayer(base.url, { maxZoom: base.maxZoom || 19, attribution: attribution.innerHTML, pane: "fxBase" });
      const giveUp = () => {
        if (loaded || !this._map.hasLayer(tiles)) return;
        this._map.removeLayer(tiles);
        this._withTiles = false;
        this._readBase();
        this._say("The background map cannot be reached; the streets are drawn from our own records.");
      };
      tiles.on("tileload", () => { loaded += 1; });
      tiles.on("tileerror", () => { failed += 1; if (failed >= 4) giveUp(); });
      this._withTiles = true;
      tiles.addTo(this._map);
      setTimeout(giveUp, 5000);
    },

    _readBase() {
      this._ask("areas", "/api/areas", {}, (answer) => {
        this._layers.areas.clearLayers();
        answer.areas.forEach(([id, kind, rings]) => {
          const chosen = String(id) === String(this._state.area);
          L.polygon(rings.map(pairs), {
            renderer: this._canvas.base, interactive: false, fill: false, color: this._state.colours["--fx-boundary"],
            weight: chosen ? 3 : kind === "ward" ? 1.2 : 0.7, dashArray: kind === "ward" || chosen ? null : "2 4",
          }).addTo(this._layers.areas);
        });
      });
      if (this._withTiles) { this._layers.streets.clearLayers(); return; }
      this._ask("streets", "/api/streets", {}, (answer) => {
        this._layers.streets.clearLayers();
        answer.streets.forEach(([rank, line]) => {
          L.polyline(pairs(line), {
            renderer: this._canvas.base, interactive: false, color: this._state.colours["--fx-street"],
            weight: Math.max(0.8, 3.2 - rank * 0.9), lineCap: "round", smoothFactor: 1.2,
          }).addTo(this._layers.streets);
        });
        this._map.getContainer().dataset.streets = answer.streets.length;
      });
    },

    _later() {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this._readView(), 90);
    },

    _readView() {
      if (!this._state) return;
      const box = this._map.getBounds().pad(0.05);
      const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((edge) => edge.toFixed(5)).join(",");
      const asked = { ...JSON.parse(this._state.view), bbox, z: Math.round(this._map.getZoom()) };
      this._ask("view", "/api/view", asked, (answer) => this._drawView(answer));
    },

    _drawView(answer) {
      this._layers.density.clearLayers();
      const colours = this._state.colours;
      if (answer.kind === "points") {
        const radius = this._map.getZoom() >= 16 ? 4 : this._map.getZoom() >= 14 ? 3 : 2.2;
        answer.rows.forEach(([, lon, lat]) => L.circleMarker([lat * STEP, lon * STEP], {
          renderer: this._canvas.density, interactive: false, radius, weight: 0.8, color: colours["--fx-land"],
          fillColor: colours["--fx-density-5"], fillOpacity: 0.75,
        }).addTo(this._layers.density));
      } else {
        answer.rows.forEach(([count, ...corners]) => L.polygon(pairs(corners), {
          renderer: this._canvas.density, interactive: false, weight: 0.6, color: colours["--fx-land"],
          fillColor: colours["--fx-density-" + this._class(count)], fillOpacity: 0.72,
        }).addTo(this._layers.density));
      }
      this._map.getContainer().dataset.reports = answer.reports;
      this._map.getContainer().dataset.kind = answer.kind;
    },

    _class(count) {
      const from = this.options.densityFrom;
      let step = 1;
      while (step < from.length && count >= from[step]) step += 1;
      return step;
    },

    _readProblems() {
      this._ask("problems", "/api/problems", JSON.parse(this._state.problems), (answer) => {
        this._layers.markers.clearLayers();
        this._layers.footprints.clearLayers();
        this._layers.places.clearLayers();
        this._markers.clear();
        answer.problems.forEach((problem) => this._drawProblem(problem));
        (answer.places || []).forEach((place) => this._drawPlace(place));
        this._map.getContainer().dataset.places = (answer.places || []).length;
        this._sizeMarkers();
        this._select();
        this._map.getContainer().dataset.problems = answer.problems.length;
        this._map.getContainer().dataset.on = JSON.parse(this._state.problems).on || "";
      });
    },

    _drawProblem(problem) {
      const mark = this._state.marks[problem.remediation];
      const ended = problem.remediation === "resolved" || problem.remediation === "set_aside";
      const footprint = L.polygon(problem.outline.map(pairs), {
        pane: "fxFootprints", color: this._state.colours["--fx-ink"], weight: ended ? 0.9 : 1.4, fillColor: mark.fill,
        fillOpacity: ended ? 0.06 : 0.18, dashArray: problem.found ? "4 4" : null, interactive: !this._state.draw,
      });
      // Where somebody draws, what is there already is seen and never in the way of a press.
      if (this._state.draw) { footprint.addTo(this._layers.footprints); return; }
      footprint.on("click", (event) => { L.DomEvent.stopPropagation(event); this._choose(problem.ref); });
      footprint.addTo(this._layers.footprints);
      const marker = L.marker([problem.at[1] * STEP, problem.at[0] * STEP], {
        pane: "fxMarkers", keyboard: true, riseOnHover: true, autoPanOnFocus: false, zIndexOffset: ended ? -500 : 0,
        icon: L.divIcon({ className: "fx-problem" + (ended ? " fx-ended" : ""), html: this._draw(mark), iconSize: [28, 28] }),
      });
      marker.on("click", () => this._choose(problem.ref));
      marker.addTo(this._layers.markers);
      const element = marker.getElement();
      const words = this._state.words[problem.remediation];
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "0");
      element.setAttribute("aria-label", `${problem.ref}, ${problem.group}: ${words}`);
      element.setAttribute("title", `${problem.ref} · ${problem.group} · ${problem.status}`);
      element.dataset.ref = problem.ref;
      // Only for the keyboard: a map that moves while a mouse button is down loses the click.
      element.addEventListener("focus", () => {
        if (element.matches(":focus-visible")) this._map.panInside(marker.getLatLng(), { padding: [40, 40], animate: false });
      });
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        this._choose(problem.ref);
      });
      this._markers.set(problem.ref, { marker, footprint, ended, weight: ended ? 0.9 : 1.4 });
    },

    /* A place without a problem is outlined quietly; the table below the map says the same in words. */
    _drawPlace(place) {
      const colour = this._state.colours[place.quiet ? "--fx-muted" : "--fx-accent"];
      const style = { pane: "fxPlaces", interactive: false, color: colour, weight: 1.6, dashArray: "2 4", fillColor: colour, fillOpacity: 0.07 };
      L.polygon(place.outline.map(pairs), style).addTo(this._layers.places);
      L.circleMarker([place.at[1] * STEP, place.at[0] * STEP], {
        pane: "fxPlaces", interactive: false, radius: 5, color: colour, weight: 1.8, fill: false,
      }).addTo(this._layers.places);
    },

    _draw(mark) {
      const svg = document.createElementNS(SVG, "svg");
      svg.setAttribute("viewBox", "-2 -2 28 28");
      svg.setAttribute("aria-hidden", "true");
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", mark.path);
      path.setAttribute("fill", mark.fill);
      svg.appendChild(path);
      return svg;
    },

    /* A form asks for a place: a press on the map, or Enter for the middle of it, gives one. */
    _place(at) {
      if (!this._state || !this._state.pick) return;
      const place = [Math.round(at.wrap().lng / STEP), Math.round(at.lat / STEP)];
      this._showPlace(place);
      window.Streamlit.setComponentValue({ place, at: Date.now() });
    },

    _showPlace(place) {
      const key = place ? place.join() : "";
      if (this._placeKey === key) return;
      this._placeKey = key;
      if (this._pin) this._map.removeLayer(this._pin);
      this._pin = null;
      this._map.getContainer().dataset.place = key;
      if (!place) return;
      const at = L.latLng(place[1] * STEP, place[0] * STEP);
      this._pin = L.marker(at, {
        pane: "fxMarkers", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "fx-pin", html: this._draw({ path: "M12 24 4 11a8.5 8.5 0 1 1 16 0Z", fill: "var(--fx-accent)" }),
          iconSize: [30, 30], iconAnchor: [15, 28] }),
      }).addTo(this._map);
      if (!this._map.getBounds().contains(at)) this._map.setView(at, Math.max(this._map.getZoom(), 16), { animate: false });
    },

    _sizeMarkers() {
      const zoom = this._map.getZoom();
      this._map.getContainer().style.setProperty("--fx-mark-size", zoom >= 15 ? "24px" : zoom >= 13 ? "20px" : "16px");
      // From afar an outline is smaller than its mark and would only blur it.
      this._map.getPane("fxFootprints").style.display = zoom >= 13.5 ? "" : "none";
    },

    _choose(ref) {
      this._state.selected = ref;
      this._select(true);
      window.Streamlit.setComponentValue({ problem: ref, at: Date.now() });
    },

    _select(still) {
      const chosen = this._state.selected;
      this._markers.forEach((drawn, ref) => {
        const is = ref === chosen;
        const element = drawn.marker.getElement();
        element.classList.toggle("fx-chosen", is);
        element.setAttribute("aria-pressed", is ? "true" : "false");
        drawn.marker.setZIndexOffset(is ? 2000 : drawn.ended ? -500 : 0);
        drawn.footprint.setStyle({ weight: is ? 3.2 : drawn.weight });
        if (is && !still && this._shown !== chosen) this._map.panInside(drawn.marker.getLatLng(), { padding: [60, 60], animate: false });
      });
      this._shown = chosen;
    },

    /* One request of a kind at a time: a newer one stops the older. */
    _ask(kind, address, asked, use) {
      if (this._asking[kind]) this._asking[kind].abort();
      const control = (this._asking[kind] = new AbortController());
      const answered = fetch(`${address}?${query(asked)}`, { signal: control.signal, credentials: "same-origin" });
      answered.then((answer) => answer.json().then((content) => {
        if (!answer.ok) { this._broken = kind; this._say(content.error); return; }
        use(content);
        if (this._broken === kind) { this._broken = null; this._say(""); }
      })).catch((fault) => {
        if (fault.name === "AbortError") return;
        this._broken = kind;
        this._say("The map cannot reach Fixpoint. It shows what it had; move the map to try again.");
        if (!(fault instanceof TypeError)) throw fault;
      });
    },

    _say(text) { this._note.textContent = text; this._note.hidden = !text; },
  });

  window.fixpointLayer = (options) => new LiveLayer(options);
})();
