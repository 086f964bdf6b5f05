/** The line of links to the service's other pages, which the service writes into a page: here it learns of which memory. */

/** Lead them to what they have of a memory; without one, those alone are there that need none. */
export function pages(name: string): HTMLElement {
  const nav = document.querySelector<HTMLElement>("nav.pages")!;
  for (const link of nav.querySelectorAll("a")) {
    const to = (link.dataset.to ??= link.getAttribute("href")!);
    link.href = to.replace("*", encodeURIComponent(name));
    link.hidden = !name && to.includes("*");
  }
  nav.hidden = false;
  return nav;
}
