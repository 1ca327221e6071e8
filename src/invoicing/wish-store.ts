/** How buyers want their documents, as SQL: what each has said, and what that comes to for a seller's documents. */
import { type Insertable, sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import type { DocumentWish as WishTable } from '../db/tables.ts'
import { isId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { type DocumentTerms, type DocumentWishes, type Wish, type WishShown, wishesFrom } from './wish.ts'

type WishRow = Wish & Pick<WishShown, 'id' | 'buyer_id' | 'seller_id' | 'changed_at'>

function wishes(tx: Db | Tx) {
  return tx
    .selectFrom('document_wish')
    .select(['id', 'buyer_id', 'seller_id', 'channel', 'email', 'einvoice_scheme', 'einvoice_id', 'institution_code'])
    .select(['budget_code', 'agreement_number', 'order_number', 'lines', 'pdf_in_xml', 'changed_at'])
    .$castTo<WishRow>()
}

/**
 * What buyers wish of one seller's documents now: what they said for this seller, else for all sellers, else what is usual
 * (download, one line for each case, no PDF in the XML, the organisation's own addresses).
 * @param buyer_ids null: of everybody
 * @returns an entry for every buyer that is an organisation here
 */
export async function wishesOf(
  tx: Db | Tx,
  seller_id: string,
  buyer_ids: readonly string[] | null,
): Promise<Map<string, DocumentWishes>> {
  const organisations = tx.selectFrom('organisation').select(['id', 'email', 'einvoice_scheme', 'einvoice_id'])
  const said = wishes(tx).where((e) => e.or([e('seller_id', 'is', null), e('seller_id', '=', seller_id)]))
  const [own, rows] =
    buyer_ids === null
      ? [await organisations.execute(), await said.execute()]
      : [
          await organisations.where(sql<boolean>`id = any (${buyer_ids}::uuid[])`).execute(),
          await said.where(sql<boolean>`buyer_id = any (${buyer_ids}::uuid[])`).execute(),
        ]
  const found = saidBy(rows)
  return new Map(
    own.map((row) => [row.id, wishesFrom(found.get(`${row.id} ${seller_id}`), found.get(`${row.id} `), row)]),
  )
}

function saidBy(rows: readonly WishRow[]): Map<string, WishRow> {
  return new Map(rows.map((row) => [`${row.buyer_id} ${row.seller_id ?? ''}`, row]))
}

/** For the documents of many sellers. @param date the day of issue */
export async function documentTermsOn(tx: Tx, date: string): Promise<DocumentTerms> {
  const rows = await wishes(tx).execute()
  const agreed = await sql<{ pair: string; number: string }>`
    select seller_id || ' ' || buyer_id as pair, number from agreement
    where status in ('signed', 'ended') and daterange(valid_from, valid_to, '[]') @> ${date}::date`.execute(tx)
  return { said: saidBy(rows), agreements: new Map(agreed.rows.map(({ pair, number }) => [pair, number])) }
}

/** What a buyer has said: for all sellers first, then for single ones by their names. */
export async function listWishes(tx: Tx, buyer_id: string): Promise<(WishShown & { seller_name: string | null })[]> {
  return wishes(tx)
    .leftJoin('organisation as seller', 'seller.id', 'document_wish.seller_id')
    .clearSelect()
    .selectAll('document_wish')
    .select('seller.name as seller_name')
    .where('buyer_id', '=', buyer_id)
    .orderBy(sql`seller.name collate lv nulls first`)
    .$castTo<WishShown & { seller_name: string | null }>()
    .execute()
}

/** @param seller_id null: what was said for all sellers */
export async function findWish(tx: Tx, buyer_id: string, seller_id: string | null): Promise<WishShown | null> {
  if (seller_id !== null && !isId(seller_id)) return null
  const query = wishes(tx).where('buyer_id', '=', buyer_id)
  const found = await (seller_id === null
    ? query.where('seller_id', 'is', null)
    : query.where('seller_id', '=', seller_id)
  ).executeTakeFirst()
  return found ?? null
}

/** Puts a wish in the place of the one for the same seller. */
export async function saveWish(tx: Tx, row: Insertable<WishTable>): Promise<void> {
  const { buyer_id: _buyer, id: _id, seller_id: _seller, ...said } = row
  await tx
    .insertInto('document_wish')
    .values(row)
    .onConflict((conflict) => conflict.constraint('document_wish_once').doUpdateSet(said))
    .execute()
}

/** @throws Refusal `not_found` where there is none */
export async function deleteWish(tx: Tx, buyer_id: string, seller_id: string): Promise<void> {
  const done = await tx
    .deleteFrom('document_wish')
    .where('buyer_id', '=', buyer_id)
    .where('seller_id', '=', seller_id)
    .executeTakeFirst()
  if (done.numDeletedRows !== 1n) refuse('not_found')
}
