// Shared workflows
export const health = () => ({ status: 'ok' })
