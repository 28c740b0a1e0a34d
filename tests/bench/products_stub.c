/* Libraries with the ABI of OpenBLAS, and built with STUB_ONEDNN of oneDNN 3, for tests: slow, and right unless
 * PALIER_PRODUCTS_STUB says "wrong". Built with STUB_OLD they lack functions that palier needs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static float error_of_results(void) {
  const char* role = getenv("PALIER_PRODUCTS_STUB");
  return role != NULL && strcmp(role, "wrong") == 0 ? 1 : 0;
}

static void multiply(int64_t n, const float* a, const float* b, float* c) {
  const float error = error_of_results();
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < n; ++j) c[i * n + j] = error;
    for (int64_t k = 0; k < n; ++k) {
      for (int64_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
  }
}

#ifndef STUB_ONEDNN
char* openblas_get_config(void) { return "OpenBLAS 9.8.7 DYNAMIC_ARCH"; }
char* openblas_get_corename(void) { return "Stubcore"; }
void cblas_sgemm(int order, int turn_a, int turn_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b,
                 int ldb, float beta, float* c, int ldc) {
  (void)order, (void)turn_a, (void)turn_b, (void)m, (void)k, (void)alpha, (void)lda, (void)ldb, (void)beta, (void)ldc;
  multiply(n, a, b, c);
}
#ifndef STUB_OLD
void openblas_set_num_threads(int threads) { (void)threads; }
#endif

#else
enum { success = 0, unimplemented = 3, f32 = 3, source = 1, destination = 17, weights = 33 };
typedef struct { int64_t side; int type; } Desc;
typedef struct { int64_t side; float* data; } Memory;
typedef struct { int role; Memory* memory; } Argument;
typedef struct { int major, minor, patch; } Version;

const Version* dnnl_version(void) {
  static const Version version = {3, 9, 1};
  return &version;
}
#ifndef STUB_OLD
/* Objects are of the heap, so that LeakSanitizer sees which are never given back. */
static int some_object;
static int give_back(void* object) {
  free(object);
  return success;
}
int dnnl_memory_desc_destroy(Desc* desc) { return give_back(desc); }
int dnnl_primitive_desc_destroy(void* product) { return give_back(product); }
int dnnl_memory_destroy(Memory* memory) { return give_back(memory); }
int dnnl_primitive_destroy(void* primitive) { return give_back(primitive); }
int dnnl_engine_create(void** engine, int kind, size_t index) {
  (void)kind, (void)index;
  *engine = &some_object;
  return success;
}
int dnnl_stream_create(void** stream, void* engine, unsigned flags) {
  (void)engine, (void)flags;
  *stream = &some_object;
  return success;
}
int dnnl_memory_desc_create_with_strides(Desc** desc, int dimensions, const int64_t* dims, int type, const int64_t* strides) {
  (void)dimensions, (void)strides;
  *desc = malloc(sizeof **desc);
  (*desc)->side = dims[0];
  (*desc)->type = type;
  return success;
}
int dnnl_matmul_primitive_desc_create(void** product, void* engine, const Desc* a, const Desc* b, const Desc* bias,
                                      const Desc* c, const void* attributes) {
  (void)engine, (void)b, (void)bias, (void)c, (void)attributes;
  if (a->type != f32) return unimplemented;
  *product = malloc(1);
  return success;
}
int dnnl_primitive_desc_query(const void* product, int what, int index, const char** text) {
  (void)product, (void)what, (void)index;
  *text = "stub:f32";
  return success;
}
int dnnl_memory_create(Memory** memory, const Desc* desc, void* engine, void* data) {
  (void)engine;
  *memory = malloc(sizeof **memory);
  (*memory)->side = desc->side;
  (*memory)->data = data;
  return success;
}
int dnnl_primitive_create(void** primitive, const void* product) {
  (void)product;
  *primitive = malloc(1);
  return success;
}
int dnnl_primitive_execute(const void* primitive, void* stream, int count, const Argument* arguments) {
  const float *a = NULL, *b = NULL;
  (void)primitive, (void)stream;
  for (int i = 0; i < count; ++i) {
    if (arguments[i].role == source) a = arguments[i].memory->data;
    if (arguments[i].role == weights) b = arguments[i].memory->data;
    if (arguments[i].role == destination) multiply(arguments[i].memory->side, a, b, arguments[i].memory->data);
  }
  return success;
}
int dnnl_stream_wait(void* stream) {
  (void)stream;
  return success;
}
#endif
#endif
