/** Sends what is due and, once the other end has it, never gets so far as to write it down: the test kills it there. */
import { connectPostgres } from '../../src/db/connect.ts'
import { nodeOutside } from '../../src/jobs/outside-node.ts'
import { sendDue } from '../../src/sending/delivery-commands.ts'

const [url, secret, now] = process.argv.slice(2) as [string, string, string]
const outside = nodeOutside({ production: false, address: null, smtp_url: null, mail_from: null, drop_folder: null })
const ask = async (...given: Parameters<typeof outside.ask>) => {
  await outside.ask(...given)
  console.log('the other end has it')
  return new Promise<never>(() => {})
}
const clock = { now: () => new Date(now), today: () => now.slice(0, 10) }
const makePdf = async () => new Uint8Array()
setInterval(() => {}, 1000)
await sendDue(connectPostgres(url, 2).db, clock, { secret, outside: { ...outside, ask }, makePdf })
