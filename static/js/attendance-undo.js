// Steps that can be taken back. A step remembers for each cell the mark before and the version that its save gave; what
// somebody else changed since has another version, and the server refuses to undo it.

const MOST_STEPS = 200;

export class Steps {
  constructor() {
    this.steps = [];
  }

  get length() {
    return this.steps.length;
  }

  // cells: [{cell, from, over}]
  add(cells) {
    this.steps.push(cells.map((one) => ({ ...one, version: null })));
    if (this.steps.length > MOST_STEPS) this.steps.shift();
  }

  latest(key) {
    for (let place = this.steps.length - 1; place >= 0; place -= 1) {
      const found = this.steps[place].find((one) => one.cell.key === key);
      if (found) return found;
    }
    return null;
  }

  // A save, or an undo of a later step, has given the cell this version.
  saved(key, version) {
    const found = this.latest(key);
    if (found) found.version = version;
  }

  // What was refused never happened.
  forget(key) {
    const found = this.latest(key);
    for (const step of this.steps) {
      const place = step.indexOf(found);
      if (place >= 0) step.splice(place, 1);
    }
    this.steps = this.steps.filter((step) => step.length);
  }

  pop() {
    return this.steps.pop() ?? [];
  }
}
