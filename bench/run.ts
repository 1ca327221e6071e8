/** `npm run bench -- settlement|documents|embedded|marketplace [options]`: measures, and prints what it finds as it is. */
export {}

const [group, ...options] = process.argv.slice(2)

function option(name: string, otherwise: number): number {
  const at = options.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(options[at + 1])
}

if (group === 'documents') {
  const { benchDocuments } = await import('./documents.ts')
  await benchDocuments({ rounds: option('rounds', 5), month: option('month', 1806) })
} else if (group === 'embedded') {
  const { benchEmbedded } = await import('./embedded.ts')
  await benchEmbedded({ rounds: option('rounds', 3) })
} else if (group === 'marketplace') {
  const { benchMarketplace } = await import('./marketplace.ts')
  const offers = option('offers', 20_000)
  const sizes = options.includes('--growth') ? [offers, 2 * offers] : [offers]
  await benchMarketplace({ sizes, rounds: option('rounds', 15), http: options.includes('--http') })
} else if (group !== 'settlement') {
  console.error(`usage: npm run bench -- settlement [--size 0.25] [--rounds 3] [--full]
       npm run bench -- documents [--rounds 5] [--month 1806]
       npm run bench -- embedded [--rounds 3]
       npm run bench -- marketplace [--offers 20000] [--growth] [--http]`)
  process.exitCode = 1
} else {
  const { benchSettlement } = await import('./settlement.ts')
  const full = options.includes('--full')
  const sizes = full ? [0.125, 0.25, 0.5, 1, 2] : [option('size', 0.125)]
  await benchSettlement({ sizes, rounds: option('rounds', 3), history: full || options.includes('--history') })
}
