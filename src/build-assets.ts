/** `npm run build:assets`: copies what a Worker serves and reads into dist/assets, where wrangler.toml looks for it. */
import { cp, mkdir, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { bundledFiles, bundledName } from './bundled-files.ts'

const root = new URL('../', import.meta.url)
const folder = new URL('dist/assets/', root)

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
for (const source of bundledFiles) await cp(new URL(source, root), new URL(bundledName(source), folder))
console.log(`${bundledFiles.length} files are in ${fileURLToPath(folder)}`)
