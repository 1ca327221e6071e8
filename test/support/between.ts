/** After a played month: what Daugavpils and Rēzekne agreed, a netting that waits for an answer, a balance confirmation. */
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { planNetting } from '../../src/netting/plan.ts'
import { insertNetting } from '../../src/netting/store.ts'
import type { Code, World } from './world.ts'

export async function playBetween(world: World): Promise<void> {
  const { DGV, REZ } = world.organisation
  const call = async (code: Code, method: string, path: string, body: object) => {
    const response = await world.request(code, 'finance', method, `/api/v1${path}`, body)
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as { id: string }
  }
  const terms = { pay_days: 20, netting: true }
  await call('DGV', 'PUT', '/agreement-template', terms)
  const agree = async (seller_id: string, buyer_id: string, number: string, codes: Code[]) => {
    const made = await call('DGV', 'POST', '/agreements', {
      seller_id,
      buyer_id,
      number,
      valid_from: '2026-01-01',
      ...terms,
    })
    for (const code of codes)
      await call(code, 'POST', `/agreements/${made.id}/sign`, { signer: 'A. Bērziņa', version: 1 })
  }
  await agree(DGV, REZ, 'secret agreement 1', ['DGV', 'REZ'])
  await agree(REZ, DGV, 'secret agreement 2', ['DGV'])
  await call('DGV', 'POST', '/balance-confirmations', {
    counterparty_id: REZ,
    stated_on: world.clock.today(),
    signer: 'A',
  })
  const open = await world.database.db
    .selectFrom('open_item')
    .select(['document_id', 'type', 'seller_id', 'buyer_id', 'open'])
    .where('seller_id', '=', DGV)
    .where('buyer_id', '=', REZ)
    .execute()
  const plan = planNetting(open.map((row) => ({ ...row, disputed: '0.00' }) as never))
  const today = world.clock.today()
  const netting = { id: newId(), region_id: null, netted_on: today, due_on: '2026-12-31', proposer_id: DGV }
  const by = { proposed_by: null, proposed_at: world.clock.now().toISOString() }
  await transact(world.system(), (tx) => insertNetting(tx, { ...netting, ...by }, plan))
}
