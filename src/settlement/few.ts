/** The most items that are sorted by moving each to its place. */
const few = 16

/**
 * Sorts a list where it stands, like `Array.sort`. Nearly all lists of a close have two or three items, and there are a hundred
 * thousand of them: what `Array.sort` makes for itself each time then costs more than the sorting.
 */
export function sortFew<T>(items: T[], compare: (a: T, b: T) => number): T[] {
  if (items.length > few) return items.sort(compare)
  for (let place = 1; place < items.length; place++) {
    const item = items[place]!
    let to = place
    for (; to > 0 && compare(items[to - 1]!, item) > 0; to--) items[to] = items[to - 1]!
    items[to] = item
  }
  return items
}
