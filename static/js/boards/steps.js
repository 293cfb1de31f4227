// One step of a tile without a mouse. Tiles rise until they meet another, so a step up or
// down changes places with the next tile there.
const CHANGES = {
  left: ({ x }) => ({ x: x - 1 }),
  right: ({ x }) => ({ x: x + 1 }),
  wider: ({ w }) => ({ w: w + 1 }),
  narrower: ({ w }) => ({ w: w - 1 }),
  taller: ({ h }) => ({ h: h + 1 }),
  shorter: ({ h }) => ({ h: h - 1 }),
};

const sharesColumns = (a, b) => a !== b && a.x < b.x + b.w && b.x < a.x + a.w;

export function stepped(grid, item, step) {
  const node = item.gridstackNode;
  if (step === "up" || step === "down") return swap(grid, node, step);
  const changed = { x: node.x, w: node.w, h: node.h, ...CHANGES[step](node) };
  const fits = changed.x >= 0 && changed.x + changed.w <= 12 && changed.w >= 1 && changed.h >= 1 && changed.h <= 12;
  if (fits) grid.update(item, changed);
}

function swap(grid, node, step) {
  const others = grid.engine.nodes.filter((other) => sharesColumns(node, other));
  const above = others.filter((other) => other.y < node.y).sort((a, b) => b.y - a.y);
  const below = others.filter((other) => other.y > node.y).sort((a, b) => a.y - b.y);
  const [upper, lower] = step === "up" ? [above[0], node] : [node, below[0]];
  if (upper && lower) grid.update(lower.el, { y: upper.y });
}
