import { createContext, type PropsWithChildren, useContext } from 'hono/jsx'
import type { View } from './view.ts'

const ViewContext = createContext<View | null>(null)

/** Layouts do this for whole pages; a fragment answered to htmx does it itself. */
export function WithView({ view, children }: PropsWithChildren<{ view: View }>) {
  return <ViewContext.Provider value={view}>{children}</ViewContext.Provider>
}

export function useView(): View {
  const view = useContext(ViewContext)
  if (view === null) throw new Error('a ui component must stand inside <Layout view> or <WithView view>')
  return view
}
