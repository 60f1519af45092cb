/**
 * Bytes that one recurrent layer keeps for one conversation, always in 32 bits: `n_embd_r` and `n_embd_s` of llama.cpp's
 * src/llama-hparams.cpp.
 */
export function recurrentBytesPerLayer(key: (name: string) => number): number {
  const width = key("embedding_length");
  const wkvHead = key("wkv.head_size");
  if (wkvHead > 0) return 4 * (key("token_shift_count") * width + width * wkvHead);
  const shortConvolution = key("shortconv.l_cache");
  if (shortConvolution > 0) return 4 * width * (shortConvolution - 1);
  const convolution = Math.max(0, key("ssm.conv_kernel") - 1);
  const kdaHead = key("kda.head_dim");
  if (kdaHead > 0) {
    const heads = key("attention.head_count");
    return 4 * heads * kdaHead * (3 * (convolution || 3) + kdaHead);
  }
  const [inner, state] = [key("ssm.inner_size"), key("ssm.state_size")];
  return 4 * (convolution * (inner + 2 * key("ssm.group_count") * state) + state * inner);
}
