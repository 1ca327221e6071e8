/** Wall time and CPU of a piece of work: of this process and of the server's processes. */
export type Measured = { wall: number; node: number; server: number }

export async function measure(cpuOfServer: () => number, work: () => Promise<unknown>): Promise<Measured> {
  const before = process.cpuUsage()
  const server = cpuOfServer()
  const start = performance.now()
  await work()
  const wall = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { wall, node: (user + system) / 1000, server: cpuOfServer() - server }
}

export const cpu = ({ node, server }: Measured) => node + server

export function best(of: readonly Measured[], by: (one: Measured) => number): number {
  return Math.min(...of.map(by))
}

export function median(of: readonly Measured[], by: (one: Measured) => number): number {
  const sorted = of.map(by).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

/** A table as plain text, figures to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n')
}

export const ms = (value: number) => value.toFixed(value < 10 ? 1 : 0)
