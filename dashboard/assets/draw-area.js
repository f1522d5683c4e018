/* Drawing an area on the map: corners one by one, or a circle; by mouse, finger or keyboard. The area
   travels to the page as short text (ring_lon.lat_lon.lat, circle_lon.lat_metres; whole steps of 1e-5
   degrees) and comes back as it was understood. Text is set with textContent and setAttribute only. */
(function () {
  "use strict";
  const STEP = 1e-5;
  const MOST = 200;
  const NEAR_PX = 12;
  const HANDLES = 60;

  const steps = (at) => `${Math.round(at.wrap().lng / STEP)}.${Math.round(at.lat / STEP)}`;
  const pairs = (flat) => {
    const line = [];
    for (let at = 0; at + 1 < flat.length; at += 2) line.push(L.latLng(flat[at + 1] * STEP, flat[at] * STEP));
    return line;
  };

  function turn(a, b, c) { return (b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng); }

  function cross(a, b, c, d) {
    return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
  }

  function crossesItself(corners, closed) {
    const count = closed ? corners.length : corners.length - 1;
    const side = (at) => [corners[at], corners[(at + 1) % corners.length]];
    for (let one = 0; one < count; one += 1) {
      for (let two = one + 2; two < count; two += 1) {
        if (cross(...side(one), ...side(two))) return true;
      }
    }
    return false;
  }

  const DrawLayer = L.Layer.extend({
    initialize(options) {
      L.setOptions(this, options);
      this._tool = "corners";
      this._sent = new Set();
      this._begin();
    },

    _begin() {
      this._corners = [];
      this._centre = null;
      this._radius = 0;
      this._rings = null;
      this._done = false;
    },

    onAdd(map) {
      this._map = map;
      window.fixpointDraw = this;
      map.createPane("fxDrawn").style.zIndex = 450;
      this._drawn = L.layerGroup().addTo(map);
      this._handles = L.layerGroup().addTo(map);
      map.doubleClickZoom.disable();
      this._buttons();
      const box = map.getContainer();
      this._note = L.DomUtil.create("p", "fx-draw-note", box);
      this._note.setAttribute("role", "status");
      map.on("click", (event) => { if (this._tool === "corners") this._corner(event.latlng); });
      map.on("dblclick", () => this._finish());
      map.on("mousemove", (event) => this._hover(event.latlng));
      box.addEventListener("keydown", (event) => this._key(event));
      this._circleByPointer(box);
      if (this._waiting) this.update(this._waiting);
    },

    /* What the page understood. An area that this map sent is left alone, any other is taken over. */
    update(state) {
      if (!this._map) { this._waiting = state; return; }
      const before = this._state;
      this._state = state;
      if (!before || before.spec !== state.spec || before.mended !== state.mended) this._takeOver(state);
      else if (before.theme !== state.theme) this._paint();
      if (!before) this._say();
    },

    _takeOver(state) {
      // An answer to something older that was drawn here comes late: the newer drawing stays.
      if (this._sent.has(state.spec) && !state.mended) { this._paint(); return; }
      this._sent.clear();
      if (!this._state.spec && !this._done) { this._paint(); return; }
      this._begin();
      if (state.circle) {
        this._centre = pairs(state.circle)[0];
        this._radius = state.circle[2];
        this._tool = "circle";
      } else if (state.rings.length === 1 && state.rings[0].length / 2 <= HANDLES && state.spec.startsWith("ring")) {
        this._corners = pairs(state.rings[0]).slice(0, -1);
      } else if (state.rings.length) {
        this._rings = state.rings.map(pairs);
      }
      this._done = Boolean(this._centre || this._corners.length || this._rings);
      if (this._done && !state.mended) this._show();
      this._paint();
    },

    _show() {
      const all = this._rings ? L.polygon(this._rings) : L.polygon(this._outline());
      const box = all.getBounds().pad(0.35);
      window.fixpointLive.show([box.getWest(), box.getSouth(), box.getEast(), box.getNorth()]);
    },

    // -- the buttons --

    _buttons() {
      const bar = L.control({ position: "topright" });
      bar.onAdd = () => {
        const group = L.DomUtil.create("div", "fx-draw-bar");
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", "Draw an area");
        const press = (name, words, hint, act) => {
          const button = L.DomUtil.create("button", "fx-draw-button", group);
          button.type = "button";
          button.textContent = words;
          button.title = hint;
          button.dataset.tool = name;
          button.addEventListener("click", act);
          return button;
        };
        this._pressed = {
          corners: press("corners", "Corners", "Draw corner by corner", () => this._choose("corners")),
          circle: press("circle", "Circle", "Draw a circle: press the middle and pull", () => this._choose("circle")),
          undo: press("undo", "Undo", "Take the last corner back", () => this._undo()),
          finish: press("finish", "Finish", "Close the area", () => this._finish()),
          clear: press("clear", "Clear", "Take the whole area away", () => this._clear()),
        };
        L.DomEvent.disableClickPropagation(group);
        L.DomEvent.disableScrollPropagation(group);
        return group;
      };
      bar.addTo(this._map);
    },

    _choose(tool) {
      this._tool = tool;
      const had = this._done;
      this._begin();
      this._paint();
      if (had) this._send("");
      this._say();
    },

    _clear() {
      const had = this._done;
      this._begin();
      this._paint();
      if (had) this._send("");
      this._say();
    },

    _undo() {
      if (this._tool === "circle" || this._rings) { this._clear(); return; }
      if (!this._corners.length) return;
      const was = this._done;
      this._done = false;
      this._corners.pop();
      this._paint();
      if (was) this._send("");
      this._say();
    },

    // -- corners --

    _corner(at) {
      if (this._done) return;
      const px = (place) => this._map.latLngToContainerPoint(place);
      const last = this._corners[this._corners.length - 1];
      if (this._corners.length >= 3 && px(at).distanceTo(px(this._corners[0])) <= NEAR_PX) { this._finish(); return; }
      // The second press of a double click is no corner of its own.
      if (last && px(at).distanceTo(px(last)) < 4) return;
      if (this._corners.length >= MOST) { this._tell(`An area has at most ${MOST} corners: finish it.`); return; }
      this._corners.push(at);
      this._paint();
      this._say();
    },

    _finish() {
      if (this._done) return;
      if (this._tool === "circle" ? !this._radius : this._corners.length < 3) {
        this._tell(this._tool === "circle" ? "Give the circle a middle and an edge first." : "An area has at least three corners.");
        return;
      }
      this._done = true;
      this._hovered = null;
      this._paint();
      this._send();
      this._say();
    },

    _hover(at) {
      this._hovered = at;
      if (!this._done && (this._corners.length || this._centre)) this._paintLines();
    },

    _key(event) {
      if (event.target !== this._map.getContainer()) return;
      const undo = event.key === "Backspace" || event.key === "Delete" || (event.key === "z" && (event.ctrlKey || event.metaKey));
      if (event.key === "Enter") {
        if (this._tool === "corners") this._corner(this._map.getCenter());
        else this._circleStep(this._map.getCenter());
      } else if (undo) this._undo();
      else if (event.key === "Escape") this._clear();
      else return;
      event.preventDefault();
    },

    // -- the circle: press and pull, or one press for the middle and one for the edge --

    _circleByPointer(box) {
      const place = (event) => this._map.containerPointToLatLng(this._map.mouseEventToContainerPoint(event));
      box.addEventListener("pointerdown", (event) => {
        if (this._tool !== "circle" || this._done || event.target.closest(".leaflet-control, .fx-handle")) return;
        this._from = { x: event.clientX, y: event.clientY };
        this._fresh = !this._centre;
        if (this._fresh) this._centre = place(event);
      });
      box.addEventListener("pointermove", (event) => {
        if (!this._from || this._done) return;
        this._radius = this._map.distance(this._centre, place(event));
        this._paintLines();
      });
      box.addEventListener("pointerup", (event) => {
        if (!this._from || this._done) return;
        const pulled = Math.hypot(event.clientX - this._from.x, event.clientY - this._from.y) > 6;
        this._from = null;
        if (pulled || !this._fresh) this._edge(place(event));
        else { this._radius = 0; this._paint(); this._say(); }
      });
      box.addEventListener("pointercancel", () => { this._from = null; });
    },

    _circleStep(at) {
      if (this._done) return;
      if (this._centre) { this._edge(at); return; }
      this._centre = at;
      this._paint();
      this._say();
    },

    _edge(at) {
      this._radius = Math.round(this._map.distance(this._centre, at));
      if (this._radius >= 5) this._finish();
      else { this._radius = 0; this._tell("The edge lies on the middle: give it some metres away."); }
    },

    _outline() {
      if (!this._centre) return this._corners;
      const around = [];
      const north = this._radius / 111320;
      const east = north / Math.max(0.01, Math.cos(this._centre.lat * Math.PI / 180));
      for (let at = 0; at < 48; at += 1) {
        const angle = at * Math.PI / 24;
        around.push(L.latLng(this._centre.lat + north * Math.sin(angle), this._centre.lng + east * Math.cos(angle)));
      }
      return around;
    },

    // -- what is seen --

    _paint() {
      const box = this._map.getContainer();
      box.classList.toggle("fx-pick", !this._done);
      box.style.touchAction = this._tool === "circle" && !this._done ? "none" : "";
      this._map.dragging[this._tool === "circle" && !this._done ? "disable" : "enable"]();
      Object.entries(this._pressed).forEach(([name, button]) => {
        if (name === "corners" || name === "circle") button.setAttribute("aria-pressed", String(name === this._tool));
      });
      const empty = !this._done && !this._corners.length && !this._centre;
      this._able("undo", !empty);
      this._able("clear", !empty);
      this._able("finish", !this._done && this._tool === "corners" && this._corners.length >= 3);
      this._paintLines();
      this._paintHandles();
      box.dataset.drawn = this._done ? "area" : empty ? "nothing" : "open";
      box.dataset.corners = this._corners.length;
    },

    /* A button that took the last step keeps the focus: one that is disabled would lose it. */
    _able(name, is) { this._pressed[name].setAttribute("aria-disabled", String(!is)); },

    _paintLines() {
      const colours = this._state ? this._state.colours : {};
      const look = { pane: "fxDrawn", interactive: false, color: colours["--fx-accent"], weight: 2.5, fillColor: colours["--fx-accent"] };
      this._drawn.clearLayers();
      if (this._rings) { L.polygon(this._rings, { ...look, fillOpacity: 0.14 }).addTo(this._drawn); return; }
      const outline = this._outline();
      this._crossed = !this._centre && crossesItself(outline, this._done);
      if (this._crossed) look.color = colours["--fx-warn"];
      if (this._done || (this._centre && this._radius)) L.polygon(outline, { ...look, fillOpacity: 0.14 }).addTo(this._drawn);
      else if (this._corners.length) {
        L.polyline(outline, look).addTo(this._drawn);
        if (this._hovered) L.polyline([outline[outline.length - 1], this._hovered, outline[0]], { ...look, weight: 1.5, dashArray: "4 5" }).addTo(this._drawn);
      }
      if (!this._done) {
        [...this._corners, ...(this._centre ? [this._centre] : [])].forEach((at, number) => L.circleMarker(at, {
          ...look, radius: number === 0 ? 6 : 4, weight: 2, fillColor: colours["--fx-surface"], fillOpacity: 1,
        }).addTo(this._drawn));
      }
    },

    _paintHandles() {
      this._handles.clearLayers();
      if (!this._done || this._rings) return;
      if (this._centre) {
        const edge = L.latLng(this._centre.lat, this._outline()[0].lng);
        this._handle(this._centre, "Middle of the circle", (at) => { this._centre = at; });
        this._handle(edge, "Edge of the circle", (at) => { this._radius = Math.max(5, Math.round(this._map.distance(this._centre, at))); });
        return;
      }
      this._corners.forEach((corner, number) => this._handle(
        corner, `Corner ${number + 1} of ${this._corners.length}`, (at) => { this._corners[number] = at; }, () => this._without(number),
      ));
    },

    _handle(at, words, move, remove) {
      const marker = L.marker(at, {
        draggable: true, keyboard: true, autoPan: true, autoPanOnFocus: false,
        icon: L.divIcon({ className: "fx-handle", iconSize: [24, 24] }),
      }).addTo(this._handles);
      const element = marker.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", `${words}. The arrow keys move it${remove ? ", Delete takes it out" : ""}.`);
      element.setAttribute("title", words);
      marker.on("drag", () => { move(marker.getLatLng()); this._paintLines(); });
      marker.on("dragend", () => { this._paint(); this._send(); this._say(); });
      element.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: [-6, 0], ArrowRight: [6, 0], ArrowUp: [0, -6], ArrowDown: [0, 6] }[event.key];
        const out = remove && (event.key === "Delete" || event.key === "Backspace");
        if (!way && !out) return;
        event.preventDefault();
        event.stopPropagation();
        if (out) { remove(); return; }
        const px = this._map.latLngToContainerPoint(marker.getLatLng()).add(way);
        marker.setLatLng(this._map.containerPointToLatLng(px));
        move(marker.getLatLng());
        this._paintLines();
        clearTimeout(this._soon);
        this._soon = setTimeout(() => { this._send(); this._say(); }, 500);
      });
    },

    _without(number) {
      if (this._corners.length <= 3) { this._tell("An area has at least three corners."); return; }
      this._corners.splice(number, 1);
      this._paint();
      this._send();
      this._say();
    },

    // -- words --

    _say() {
      const count = this._corners.length;
      if (this._rings) this._tell("Press Corners or Circle to draw another one.");
      else if (this._done) this._tell(this._crossed ? "The lines cross: what they enclose is taken." : "Pull a corner to move it, or draw another one.");
      else if (this._tool === "circle") this._tell(this._centre ? "Now its edge." : "Press the middle of the circle and pull. Keyboard: Enter takes the middle of the map.");
      else if (!count) this._tell("Press the map corner by corner. Keyboard: arrows move the map, Enter sets a corner in its middle.");
      else this._tell(`${count} ${count === 1 ? "corner" : "corners"}. ${count < 3 ? "At least three make an area." : "Press the first corner or Finish to close it."}`);
    },

    _tell(text) { if (this._note.textContent !== text) this._note.textContent = text; },

    _send(cleared) {
      clearTimeout(this._soon);
      let spec = cleared;
      if (spec === undefined) {
        spec = this._centre ? `circle_${steps(this._centre)}_${Math.round(this._radius)}` : `ring_${this._corners.map(steps).join("_")}`;
      }
      this._sent.add(spec);
      window.Streamlit.setComponentValue({ area: spec, at: Date.now() });
    },
  });

  window.fixpointDrawing = (options) => new DrawLayer(options);
})();
