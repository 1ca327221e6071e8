/** `npm run bench -- settlement [--size 0.25] [--rounds 3] [--full]`: measures, and prints what it finds as it is. */
export {}

const [group, ...options] = process.argv.slice(2)

function option(name: string, otherwise: number): number {
  const at = options.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(options[at + 1])
}

if (group !== 'settlement') {
  console.error('usage: npm run bench -- settlement [--size 0.25] [--rounds 3] [--full]')
  process.exitCode = 1
} else {
  const { benchSettlement } = await import('./settlement.ts')
  const full = options.includes('--full')
  const sizes = full ? [0.125, 0.25, 0.5, 1, 2] : [option('size', 0.125)]
  await benchSettlement({ sizes, rounds: option('rounds', 3), history: full || options.includes('--history') })
}
