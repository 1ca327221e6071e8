import { organisationOf, transact } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import type { App } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { show, viewFor } from '../http/pages.tsx'
import { getOrganisation } from '../identity/store.ts'
import { Empty } from '../ui/blocks.tsx'
import { PostButton } from '../ui/button.tsx'
import { DateText } from '../ui/figures.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { joinNettingCircle, leaveNettingCircle } from './commands.ts'
import type { CircleMember } from './netting.ts'
import { listMembers } from './store.ts'

export async function circleOf(
  tx: Tx,
  own: string,
): Promise<{ circle: CircleMember[]; takes_part: boolean; region: boolean }> {
  const { id, kind, region_id } = await getOrganisation(tx, own)
  const region = kind === 'region' ? id : region_id
  const circle = region === null ? [] : await listMembers(tx, region)
  return {
    circle,
    takes_part: circle.some((member) => member.organisation_id === own),
    region: kind === 'region',
  }
}

export function circlePages(app: App): void {
  app.get('/netting/circle', requires('netting.read'), async (c) => {
    const ctx = c.get('ctx')
    const found = await transact(ctx, (tx) => circleOf(tx, organisationOf(ctx.actor)))
    return show(c, <CirclePage view={viewFor(c)} {...found} />)
  })
  app.post('/netting/circle/join', requires('netting.answer'), async (c) => {
    await joinNettingCircle(c.get('ctx'))
    return c.redirect('/netting/circle?done=netting_joined', 303)
  })
  app.post('/netting/circle/leave', requires('netting.answer'), async (c) => {
    await leaveNettingCircle(c.get('ctx'))
    return c.redirect('/netting/circle?done=netting_left', 303)
  })
}

function CirclePage(props: { view: View; circle: CircleMember[]; takes_part: boolean; region: boolean }) {
  const { view, circle, takes_part, region } = props
  const { t } = view
  const answers = !region && view.can('netting.answer')
  return (
    <Layout
      view={view}
      title={t('netting.circle_title')}
      lead={t('netting.circle_lead')}
      breadcrumbs={[{ href: '/netting', text: t('netting.list') }]}
      actions={
        answers &&
        (takes_part ? (
          <PostButton action="/netting/circle/leave" label={t('netting.leave')} />
        ) : (
          <PostButton action="/netting/circle/join" label={t('netting.join')} kind="primary" />
        ))
      }
    >
      <Table
        caption={t('netting.circle_title')}
        captionHidden
        rows={circle}
        empty={<Empty title={t('netting.circle_none')} icon="netting" />}
        columns={[
          { header: t('netting.party'), names: true, cell: (row) => row.name },
          { header: t('netting.circle_since'), cell: (row) => <DateText date={row.joined_on} /> },
        ]}
      />
    </Layout>
  )
}
