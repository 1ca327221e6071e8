/** A JSON value with every list in one order, for comparing results whose lists may stand in any order. */
export function inAnyOrder(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(inAnyOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, inAnyOrder(value)]),
  )
}
