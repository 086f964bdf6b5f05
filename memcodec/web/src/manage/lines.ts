/** How two texts differ, line by line: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. */

export type Line = readonly [sign: " " | "+" | "-", text: string];

/** All lines with what became of them; null if more than ``most`` differ. */
export function compare(before: string, after: string, most = 500): Line[] | null {
  const a = cut(before), b = cut(after);
  let start = 0, end = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = changes(a.slice(start, a.length - end), b.slice(start, b.length - end), most);
  if (!middle) return null;
  const same = (text: string): Line => [" ", text];
  return [...a.slice(0, start).map(same), ...middle, ...a.slice(a.length - end).map(same)];
}

const cut = (text: string): string[] => {
  const found = text.split("\n");
  if (found.at(-1) === "") found.pop();
  return found;
};

function changes(a: string[], b: string[], most: number): Line[] | null {
  const n = a.length, m = b.length, furthest = new Map<number, number>([[1, 0]]), trace: Map<number, number>[] = [];
  for (let d = 0; d <= Math.min(n + m, most); d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const isDown = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
      let x = isDown ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1, y = x - k;
      while (x < n && y < m && a[x] === b[y]) x++, y++;
      furthest.set(k, x);
      if (x >= n && y >= m) return path(a, b, trace);
    }
  }
  return null;
}

function path(a: string[], b: string[], trace: Map<number, number>[]): Line[] {
  const found: Line[] = [];
  let x = a.length, y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const at = trace[d]!, k = x - y, isDown = k === -d || (k !== d && (at.get(k - 1) ?? -1) < (at.get(k + 1) ?? -1));
    const from = isDown ? k + 1 : k - 1, fromX = d ? at.get(from)! : 0, fromY = d ? fromX - from : 0;
    while (x > fromX && y > fromY) found.push([" ", a[--x]!]), y--;
    if (d) found.push(isDown ? ["+", b[--y]!] : ["-", a[--x]!]);
  }
  return found.reverse();
}

/** The same without what lies far from any change: of that, null. */
export function near(lines: Line[], around = 3): (Line | null)[] {
  const kept = lines.map(() => false);
  lines.forEach(([sign], i) => {
    if (sign !== " ") for (let n = Math.max(0, i - around); n <= Math.min(lines.length - 1, i + around); n++) kept[n] = true;
  });
  const found: (Line | null)[] = [];
  lines.forEach((each, i) => {
    if (kept[i]) found.push(each);
    else if (found.at(-1) !== null) found.push(null);
  });
  return found;
}
