// Design system
export const health = () => ({ status: 'ok' })
