/* <main id="api-docs" data-api-docs="/api/schema/?format=json"></main>
   Shows the API's description with Swagger UI, which a deferred script before us loads. */

const place = document.querySelector("[data-api-docs]");

window.SwaggerUIBundle({
  url: place.dataset.apiDocs,
  domNode: place,
  deepLinking: false,
  persistAuthorization: false,
  validatorUrl: null,
});
